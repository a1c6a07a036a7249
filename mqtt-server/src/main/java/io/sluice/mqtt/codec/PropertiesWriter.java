package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Collects the properties of a rare packet, then writes them behind their length. What is null is left out. */
final class PropertiesWriter {

    // Heap memory that is not counted: there is nothing to release.
    private final ByteBuf properties = Unpooled.buffer(64);

    PropertiesWriter bool(int id, boolean value) {
        properties.writeByte(id).writeByte(value ? 1 : 0);
        return this;
    }

    PropertiesWriter oneByte(int id, int value) {
        properties.writeByte(id).writeByte(value);
        return this;
    }

    PropertiesWriter twoBytes(int id, @Nullable Integer value) {
        if (value != null) {
            properties.writeByte(id).writeShort(value);
        }
        return this;
    }

    PropertiesWriter fourBytes(int id, @Nullable Number value) {
        if (value != null) {
            properties.writeByte(id).writeInt((int) value.longValue());
        }
        return this;
    }

    PropertiesWriter string(int id, @Nullable String value) {
        if (value != null) {
            properties.writeByte(id);
            WireWriter.writeString(properties, value);
        }
        return this;
    }

    PropertiesWriter binary(int id, byte[] value) {
        properties.writeByte(id);
        WireWriter.writeBinary(properties, value);
        return this;
    }

    boolean isEmpty() {
        return !properties.isReadable();
    }

    /** Size in bytes with the property length. */
    int size() {
        int bytes = properties.readableBytes();
        return WireWriter.sizeOfVariableByteInteger(bytes) + bytes;
    }

    /** Writes length and properties, and returns the buffer. */
    ByteBuf writeTo(ByteBuf out) {
        WireWriter.writeVariableByteInteger(out, properties.readableBytes());
        return out.writeBytes(properties, properties.readerIndex(), properties.readableBytes());
    }
}
