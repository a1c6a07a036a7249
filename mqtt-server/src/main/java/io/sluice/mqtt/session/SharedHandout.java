package io.sluice.mqtt.session;

import io.sluice.mqtt.message.TopicFilter;
import java.util.function.Consumer;

/** A message of a group in the hands of one of its members. Confined to the member's loop. */
final class SharedHandout {

    private enum State {
        /** The member has it, and may give it back. */
        HELD,
        /** At QoS 2: the group is asked whether it may be sent. */
        SETTLING,
        /** At QoS 2: it is nobody else's, and is to be sent. */
        SETTLED,
        /** Finished as far as the group is concerned. */
        ENDED
    }

    private final SharedMessage message;
    private final SharedSubscriptions.Membership membership;
    private State state = State.HELD;

    SharedHandout(SharedMessage message, SharedSubscriptions.Membership membership) {
        this.message = message;
        this.membership = membership;
    }

    SharedMessage message() {
        return message;
    }

    SharedSubscriptions.Membership membership() {
        return membership;
    }

    TopicFilter filter() {
        return membership.filter();
    }

    /** At QoS 2: whether it may be nobody else's by now, so that a session which outlives its connection keeps it. */
    boolean isKept() {
        return state != State.HELD;
    }

    /** Whether the group has nothing to do with it any more. */
    boolean isEnded() {
        return state == State.ENDED;
    }

    /** The client has acknowledged it, or it is not to be delivered, or it is this client's alone. */
    void finish() {
        if (state != State.ENDED) {
            end();
            SharedGroup group = membership.group();
            group.post(() -> group.finish(message));
        }
    }

    /**
     * It is to be sent at QoS 2.
     *
     * @param then told on the member's loop whether it may be
     */
    void settle(Consumer<Boolean> then) {
        state = State.SETTLING;
        SharedGroup group = membership.group();
        group.post(() -> group.settle(
                message,
                granted -> membership.execute(() -> {
                    // Unless the connection has gone meanwhile, and has said what becomes of it.
                    if (state == State.SETTLING) {
                        state = State.SETTLED;
                        if (!granted) {
                            end();
                        }
                        then.accept(granted);
                    }
                })));
    }

    /** The client has unsubscribed: what it has in its window stays with it, and the group need not wait for it. */
    void keep() {
        if (state == State.HELD) {
            finish();
        }
    }

    /** At QoS 2: it has been sent. */
    void onSent() {
        if (state == State.SETTLED) {
            end();
        }
    }

    /** The connection is gone before it was sent: it is for another. */
    void giveBack() {
        boolean wasAsked = state == State.SETTLING || state == State.SETTLED;
        state = State.ENDED;
        if (wasAsked) {
            SharedGroup group = membership.group();
            group.post(() -> group.giveBack(message));
        }
        // What is held is given back by leaving.
    }

    private void end() {
        state = State.ENDED;
        membership.ended(this);
    }
}
