package io.sluice.mqtt.auth.shared;

import java.time.Duration;

/**
 * How much guessing is borne.
 *
 * @param freeFailuresOfPair failures of one user from one address until that user has to wait there
 * @param freeFailuresOfAddress failures of one address, of whatever users, until it has to wait; more than of a pair,
 *     as many may share an address
 * @param freeFailuresOfUser failures of one user from all addresses together until addresses from which it never came in
 *     have to wait
 * @param delayMin the first wait; each further failure doubles it
 * @param delayMax the longest wait of a pair or an address
 * @param delayOfUserMax the longest wait of a user: short, as its owner may be on a new address
 * @param forgetAfter failures are forgotten when none was added for so long
 * @param knownFor how long an address counts as the user's own after it has come in from there
 * @param entriesMax most failures that are remembered, and as many known addresses; those of least use go first
 */
public record BackoffSettings(
        int freeFailuresOfPair,
        int freeFailuresOfAddress,
        int freeFailuresOfUser,
        Duration delayMin,
        Duration delayMax,
        Duration delayOfUserMax,
        Duration forgetAfter,
        Duration knownFor,
        int entriesMax) {

    public static final BackoffSettings DEFAULTS = new BackoffSettings(
            5,
            20,
            100,
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            Duration.ofMinutes(15),
            Duration.ofDays(1),
            20_000);
}
