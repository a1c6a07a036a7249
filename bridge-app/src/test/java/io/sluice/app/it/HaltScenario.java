package io.sluice.app.it;

import io.sluice.mqtt.port.Failpoint;

/**
 * What happens up to a failpoint, what the client does then, and what must be true afterwards.
 *
 * @param holder the simple name of the class that has it
 * @param method its method there
 */
record HaltScenario(String holder, String method, Steps steps) {

    /** The steps. */
    interface Steps {
        void run(HaltCase at) throws Exception;
    }

    void run(HaltCase at) throws Exception {
        steps.run(at);
    }

    /** The scenario of a point: a new point does not compile until it has one. */
    static HaltScenario of(Failpoint point) {
        return switch (point) {
            case Q1_2, Q1_3, Q1_4, Q1_5 -> publisher("atLeastOnce", HaltedPublisher::atLeastOnce);
            case R_1A, R_1B -> publisher("retained", HaltedPublisher::retained);
            case Q2_1, Q2_2, Q2_3, Q2_4, Q2_5 -> publisher("exactlyOnce", HaltedPublisher::exactlyOnce);
            case Q2_6, Q2_7 -> publisher("releasing", HaltedPublisher::releasing);
            case O1_1A -> subscriber("writtenAtLeastOnce", HaltedSubscriber::writtenAtLeastOnce);
            case O1_1B -> subscriber("rememberedAtLeastOnce", HaltedSubscriber::rememberedAtLeastOnce);
            case O1_2 -> subscriber("acknowledged", HaltedSubscriber::acknowledged);
            case O1_3 -> subscriber("acknowledgedAhead", HaltedSubscriber::acknowledgedAhead);
            case O2_1, O2_2, O2_3, O2_4, O2_5 -> subscriber("exactlyOnce", HaltedSubscriber::exactlyOnce);
            case CON_1, CON_2 -> session("discarding", HaltedSession::discarding);
            case SUB_1, SUB_2 -> session("subscribing", HaltedSession::subscribing);
            case UNS_1, UNS_2 -> session("unsubscribing", HaltedSession::unsubscribing);
        };
    }

    private static HaltScenario publisher(String method, Steps steps) {
        return new HaltScenario("HaltedPublisher", method, steps);
    }

    private static HaltScenario subscriber(String method, Steps steps) {
        return new HaltScenario("HaltedSubscriber", method, steps);
    }

    private static HaltScenario session(String method, Steps steps) {
        return new HaltScenario("HaltedSession", method, steps);
    }
}
