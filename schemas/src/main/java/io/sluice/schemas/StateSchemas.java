package io.sluice.schemas;

import io.sluice.schemas.state.InstanceBeat;
import io.sluice.schemas.state.RetainedMessage;
import io.sluice.schemas.state.Session;
import io.sluice.schemas.state.SessionClaim;
import io.sluice.schemas.state.SessionCursor;
import io.sluice.schemas.state.SessionDelivery;
import io.sluice.schemas.state.SessionReceived;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** The codecs of all kinds of state records, each of which reads every version that was ever shipped. */
public final class StateSchemas {

    private StateSchemas() {}

    public static StateCodec<InstanceBeat> instanceBeat() {
        return codec(InstanceBeat.getClassSchema());
    }

    public static StateCodec<RetainedMessage> retainedMessage() {
        return codec(RetainedMessage.getClassSchema());
    }

    public static StateCodec<Session> session() {
        return codec(Session.getClassSchema());
    }

    public static StateCodec<SessionClaim> sessionClaim() {
        return codec(SessionClaim.getClassSchema());
    }

    public static StateCodec<SessionCursor> sessionCursor() {
        return codec(SessionCursor.getClassSchema());
    }

    public static StateCodec<SessionDelivery> sessionDelivery() {
        return codec(SessionDelivery.getClassSchema());
    }

    public static StateCodec<SessionReceived> sessionReceived() {
        return codec(SessionReceived.getClassSchema());
    }

    private static <T extends SpecificRecord> StateCodec<T> codec(Schema current) {
        return new StateCodec<>(current, history(current.getName()));
    }

    /** Every version of a record's schema that was ever shipped, the oldest first. */
    static List<Schema> history(String name) {
        List<Schema> versions = new ArrayList<>();
        for (int version = 1; ; version++) {
            try (InputStream in = StateSchemas.class.getResourceAsStream("history/" + name + "-" + version + ".avsc")) {
                if (in == null) {
                    return versions;
                }
                versions.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException("schema " + name + ", version " + version, e);
            }
        }
    }
}
