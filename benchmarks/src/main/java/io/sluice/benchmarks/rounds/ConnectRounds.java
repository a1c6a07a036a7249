package io.sluice.benchmarks.rounds;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import io.sluice.benchmarks.load.ClientTls;
import io.sluice.benchmarks.load.ConnectLoop;
import io.sluice.benchmarks.load.JsonLine;
import io.sluice.benchmarks.load.Login;
import io.sluice.benchmarks.load.ProcessCpu;
import io.sluice.mqtt.auth.password.Algorithm;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast clients come in by each way, and what connections with TLS take of memory, on a Sluice of their own. Confined to
 * one thread.
 */
final class ConnectRounds {

    private static final int DEVICES = 64;

    /** What is quick, until the compiler has seen it, and then measured. */
    private static final int QUICK = 4_000;

    /** Passwords that are hashed: tens of milliseconds each. */
    private static final int HASHED = 200;

    /** As many at once as are served before a client is told to come later. */
    private static final int HASHED_DEVICES = 8;

    /** Connections with TLS whose memory is measured. */
    private static final int STAYING = 10_000;

    private static final Duration STAYING_PAUSE = Duration.ofSeconds(3);

    private final Stage stage;
    private final RoundsTable table;
    private final RoundsLog log;

    ConnectRounds(Stage stage, RoundsTable table, RoundsLog log) {
        this.stage = stage;
        this.table = table;
        this.log = log;
    }

    /** A way to come in, and what was measured of it. */
    private static final class Way implements AutoCloseable {
        private final String title;
        private final ConnectLoop loop;
        private final int connects;
        private final boolean resumes;
        private final List<Double> perSecond = new ArrayList<>();
        private final List<Double> cpuMillis = new ArrayList<>();

        Way(String title, ConnectLoop loop, int connects, boolean resumes) {
            this.title = title;
            this.loop = loop;
            this.connects = connects;
            this.resumes = resumes;
        }

        int devices() {
            return connects == HASHED ? HASHED_DEVICES : DEVICES;
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    void measure(RoundsKafka kafka, int rounds) throws Exception {
        try (SecuredSite site = new SecuredSite(stage, kafka, HASHED * (rounds + 1))) {
            List<Way> ways = ways(site);
            try {
                for (Way way : ways) {
                    Rounds.say("connects: warming up " + way.title);
                    run(way, site.sluice());
                }
                for (int round = 1; round <= rounds; round++) {
                    for (Way way : ways) {
                        measure(way, round, site.sluice());
                    }
                }
            } finally {
                ways.forEach(Way::close);
            }
            ways.forEach(way -> table.addConnects(way.title, way.perSecond, way.cpuMillis));
            measureMemory("the JDK's TLS", SecuredSite.Door.TLS, site);
            measureMemory("BoringSSL", SecuredSite.Door.BORING_SSL, site);
        }
    }

    private static List<Way> ways(SecuredSite site) throws IOException, GeneralSecurityException, JOSEException {
        Login nobody = Login.anonymous("connects");
        List<Way> ways = new ArrayList<>();
        ways.add(way("TCP, nobody is asked", site.port(SecuredSite.Door.OPEN), nobody));
        for (boolean resumes : new boolean[] {false, true}) {
            String kind = resumes ? "resumed" : "full handshake";
            ways.add(tls("TLS 1.3, " + kind, site.port(SecuredSite.Door.TLS), new ClientTls(DEVICES, null, resumes)));
            ways.add(tls(
                    "TLS 1.3 by BoringSSL, " + kind,
                    site.port(SecuredSite.Door.BORING_SSL),
                    new ClientTls(DEVICES, null, resumes)));
        }
        ways.add(tls(
                "TLS 1.3, full handshake, client certificate",
                site.port(SecuredSite.Door.MUTUAL),
                new ClientTls(DEVICES, site.clientKeys(), false)));
        int passwords = site.port(SecuredSite.Door.PASSWORDS);
        for (Algorithm algorithm : List.of(Algorithm.ARGON2ID, Algorithm.BCRYPT, Algorithm.PBKDF2_SHA512)) {
            Login first = Login.password("hashed", SecuredSite.userName(algorithm), SecuredSite.PASSWORD);
            ways.add(new Way(
                    "password, " + algorithm + ", the first time",
                    new ConnectLoop(passwords, first, null),
                    HASHED,
                    false));
        }
        String known = SecuredSite.userName(Algorithm.ARGON2ID).formatted(0);
        ways.add(way(
                "password, within a minute again", passwords, Login.password("known", known, SecuredSite.PASSWORD)));
        String scram = SecuredSite.userName(Algorithm.SCRAM_SHA_256).formatted(0);
        ways.add(way("SCRAM-SHA-256", passwords, Login.scram("scram", scram, SecuredSite.PASSWORD)));
        int tokens = site.port(SecuredSite.Door.TOKENS);
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256)) {
            ways.add(way("token, " + algorithm, tokens, Login.password("token", "device", site.token(algorithm))));
        }
        Login asking = Login.password("asking", "device-%d", SecuredSite.PASSWORD);
        ways.add(way("webhook (which is in the load tool)", site.port(SecuredSite.Door.ASKED), asking));
        Login remembered =
                Login.password("remembered", "device", SecuredSite.PASSWORD).ofClients(QUICK / 4);
        ways.add(way("webhook, answer remembered", site.port(SecuredSite.Door.REMEMBERED), remembered));
        return ways;
    }

    private static Way way(String title, int port, Login login) {
        return new Way(title, new ConnectLoop(port, login, null), QUICK, false);
    }

    private static Way tls(String title, int port, ClientTls tls) {
        return new Way(title, new ConnectLoop(port, Login.anonymous("tls"), tls), QUICK, tls.resumes());
    }

    private void measure(Way way, int round, Child sluice) throws InterruptedException {
        double cpuBefore = ProcessCpu.seconds(sluice.pid());
        ConnectLoop.Result result = run(way, sluice);
        double cpu = (ProcessCpu.seconds(sluice.pid()) - cpuBefore) * 1_000 / way.connects;
        sluice.requireAlive();
        requireResumed(way, result);
        way.perSecond.add(result.perSecond());
        way.cpuMillis.add(cpu);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("way", way.title);
        json.put("connectsPerSecond", result.perSecond());
        json.put("serverCpuMillis", cpu);
        json.put("resumed", result.resumed());
        write(round, json);
    }

    private static ConnectLoop.Result run(Way way, Child sluice) throws InterruptedException {
        try {
            return way.loop.run(way.connects, way.devices(), ConnectLoop.Then.CLOSE);
        } catch (IllegalStateException e) {
            IllegalStateException told = sluice.failure("under " + way.title + ": " + e.getMessage());
            told.initCause(e);
            throw told;
        }
    }

    /** What is called resumed was, but for some; and what is called full was not. */
    private static void requireResumed(Way way, ConnectLoop.Result result) {
        int expected = way.resumes ? result.connects() : 0;
        if (Math.abs(result.resumed() - expected) > result.connects() / 10) {
            throw new IllegalStateException(
                    way.title + ": " + result.resumed() + " of " + result.connects() + " handshakes were resumed");
        }
    }

    private void measureMemory(String title, SecuredSite.Door door, SecuredSite site) throws Exception {
        long pid = site.sluice().pid();
        long heapBefore = LiveHeap.bytes(pid);
        long residentBefore = ResidentMemory.bytes(pid);
        double heap;
        double resident;
        try (ConnectLoop staying =
                new ConnectLoop(site.port(door), Login.anonymous("staying"), new ClientTls(DEVICES, null, false))) {
            staying.run(STAYING, DEVICES, ConnectLoop.Then.STAY);
            // What a connection needs only once is let go.
            Thread.sleep(STAYING_PAUSE.toMillis());
            heap = (LiveHeap.bytes(pid) - heapBefore) / (double) STAYING;
            resident = (ResidentMemory.bytes(pid) - residentBefore) / (double) STAYING;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("engine", title);
        json.put("heapBytesPerConnection", heap);
        json.put("residentBytesPerConnection", resident);
        write(1, json);
        String of = " of " + STAYING + " idle TLS 1.3 connections by " + title + ", each";
        table.addSingle("Sluice, live heap" + of, List.of(heap), "bytes");
        table.addSingle("Sluice, growth of resident memory" + of, List.of(resident), "bytes");
        // The next measurement begins without them.
        Thread.sleep(STAYING_PAUSE.toMillis());
    }

    private void write(int round, Map<String, Object> json) {
        log.write(Workload.CONNECTS, round, Server.SLUICE.title(), json);
        Rounds.say("connects, round " + round + ": " + JsonLine.of(json));
    }
}
