package io.sluice.mqtt.session;

import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a client releases by PUBREL: its packet id is another message only after PUBCOMP [MQTT-4.3.3-12], so that it must
 * be forgotten first. All that one read brings is forgotten together: it shares a record in the log. Confined to its loop.
 */
final class Releases {

    /** Makes it durable that ids are forgotten. */
    interface Log {
        /** @param then runs on the loop when it is durable, unless the session is closed by then */
        void forget(List<Integer> packetIds, Runnable then);
    }

    private record Releasing(int packetId, Consumer<Boolean> answer) {}

    private final Loop loop;
    private final InboundQos2 inbound;
    private final Log log;
    /** What is released by what is being read. At most as many as are received. */
    private List<Releasing> releasing = new ArrayList<>();

    Releases(Loop loop, InboundQos2 inbound, Log log) {
        this.loop = loop;
        this.inbound = inbound;
        this.log = log;
    }

    /**
     * @param isDurable whether the log knows the id, and must forget it
     * @param answer told when PUBCOMP may go out, and whether the id was known
     */
    void onPubRel(int packetId, boolean isDurable, Consumer<Boolean> answer) {
        switch (inbound.onRelease(packetId)) {
            case UNKNOWN -> answer.accept(false);
            case UNDER_WAY -> {}
            case BEGUN -> {
                Failpoint.Q2_6.hit();
                Releasing one = new Releasing(packetId, answer);
                if (isDurable) {
                    forgetSoon(one);
                } else {
                    onForgotten(one);
                }
            }
        }
    }

    private void forgetSoon(Releasing one) {
        if (releasing.isEmpty()) {
            loop.execute(this::forget);
        }
        releasing.add(one);
    }

    private void forget() {
        List<Releasing> now = releasing;
        releasing = new ArrayList<>();
        List<Integer> packetIds = now.stream().map(Releasing::packetId).toList();
        log.forget(packetIds, () -> now.forEach(this::onForgotten));
    }

    private void onForgotten(Releasing one) {
        inbound.onForgotten(one.packetId());
        Failpoint.Q2_7.hit();
        one.answer().accept(true);
    }
}
