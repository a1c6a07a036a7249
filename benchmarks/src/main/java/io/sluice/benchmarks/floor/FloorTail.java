package io.sluice.benchmarks.floor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** The one consumer of the floor: encodes each poll once and hands it to all subscribers. Confined to its thread. */
final class FloorTail {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String kafkaTopic;
    private final Subscribers subscribers;
    private List<TopicPartition> partitions = List.of();
    private boolean reading;
    private int packetId;

    FloorTail(KafkaConsumer<byte[], byte[]> consumer, String kafkaTopic, Subscribers subscribers) {
        this.consumer = consumer;
        this.kafkaTopic = kafkaTopic;
        this.subscribers = subscribers;
    }

    /** Starts; ends when the thread is interrupted. */
    Thread start() {
        partitions = consumer.partitionsFor(kafkaTopic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.pause(partitions);
        Thread thread = new Thread(this::run, "floor-tail");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void run() {
        try (consumer) {
            while (!Thread.currentThread().isInterrupted()) {
                readIfWanted();
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (Subscribers.Form form : subscribers.forms()) {
                    if (!records.isEmpty()) {
                        subscribers.write(form, encoded(records, form));
                    }
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads while there are subscribers, from the end of the topic at the time when the first one came. */
    private void readIfWanted() {
        boolean wanted = subscribers.isAny();
        if (wanted && !reading) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            consumer.resume(partitions);
        } else if (!wanted && reading) {
            consumer.pause(partitions);
        }
        reading = wanted;
        if (reading) {
            subscribers.onReading();
        }
    }

    private ByteBuf encoded(ConsumerRecords<byte[], byte[]> records, Subscribers.Form form) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(64 * 1024);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int fixed = 2 + record.key().length + (form.qos() > 0 ? 2 : 0) + (form.version5() ? 1 : 0);
            out.writeByte(0x30 | (form.qos() << 1));
            FloorHandler.writeVariableByteInteger(out, fixed + record.value().length);
            out.writeShort(record.key().length).writeBytes(record.key());
            if (form.qos() > 0) {
                packetId = packetId == 0xffff ? 1 : packetId + 1;
                out.writeShort(packetId);
            }
            if (form.version5()) {
                out.writeByte(0);
            }
            out.writeBytes(record.value());
        }
        return out;
    }
}
