package io.sluice.app.runtime;

import io.sluice.app.BuildInfo;
import io.sluice.app.Runner;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.ListenerConfig;
import io.sluice.app.config.ObservabilityConfig.Format;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.log.Logs;
import io.sluice.kafka.topic.KafkaFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs Sluice until the process is told to stop, and says what to try next. */
public final class SluiceRunner implements Runner {

    private static final Logger log = LoggerFactory.getLogger(SluiceRunner.class);
    private static final int FAILED = 1;
    /** Who sees that it is ready may be ahead of us by as much. */
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(10);

    private final PrintStream out;
    private final PrintStream err;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicReference<Sluice> running = new AtomicReference<>();
    private final AtomicBoolean told = new AtomicBoolean();

    public SluiceRunner(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public int run(SluiceConfig config, ConfigSources sources) {
        Logs.configure(config.observability().log());
        Signals.onReceived(Signals.TERM, this::onSigterm);
        Signals.onReceived(Signals.HUP, this::onSighup);
        // Any other end: Ctrl-C, or a JVM that keeps SIGTERM to itself.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        while (true) {
            Sluice sluice;
            try {
                sluice = Sluice.start(config, sources);
            } catch (IOException | RuntimeException failure) {
                err.println("error: " + KafkaFailure.words(failure) + ". Nothing was started.");
                return FAILED;
            }
            running.set(sluice);
            greet(sluice, config);
            CompletableFuture.anyOf(stopped, sluice.whenDead().toCompletableFuture())
                    .join();
            if (!running.compareAndSet(sluice, null)) {
                stopped.join();
                return 0;
            }
            // Others have taken this instance for dead, as a process that was stopped for a while: it is another one
            // now.
            sluice.close();
        }
    }

    /** Drains, and lets {@link #run} end well. Before there is anything to drain it ends as by any signal. */
    private void onSigterm() {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        long until = System.nanoTime() + MOMENT.toNanos();
        while (running.get() == null && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        if (!stop()) {
            System.exit(Signals.TERM_EXIT_CODE);
        }
    }

    private void onSighup() {
        Sluice sluice = running.get();
        if (sluice != null) {
            var unused = sluice.reload();
        }
    }

    /** Whether there was something to stop. */
    private boolean stop() {
        Sluice last = running.getAndSet(null);
        try {
            if (last != null) {
                last.close();
            }
        } finally {
            stopped.complete(null);
        }
        return last != null;
    }

    /** Who may come in, in one line. */
    private static String security(SluiceConfig config) {
        List<String> open = new ArrayList<>();
        boolean isReachable = false;
        for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
            ListenerConfig listener = entry.getValue();
            if (listener.auth() == null || listener.auth().equals(ListenerConfig.NO_AUTH)) {
                open.add(entry.getKey());
                isReachable |= !listener.bind().isLoopback();
            }
        }
        if (open.isEmpty()) {
            return "Every listener authenticates its clients.";
        }
        String which = open.size() == config.listeners().size() ? "" : " (" + String.join(", ", open) + ")";
        if (!isReachable) {
            return "No authentication" + which + ": loopback only.";
        }
        return "No authentication" + which + ": whoever reaches these addresses may "
                + (config.authorizationRules().isPresent()
                        ? "do what the rules allow to anybody."
                        : "publish and subscribe to everything.");
    }

    private void greet(Sluice sluice, SluiceConfig config) {
        String security = security(config);
        if (config.observability().log().format() == Format.JSON) {
            // Nothing but objects on the lines of a log that is read by machines.
            log.atInfo()
                    .addKeyValue("version", BuildInfo.current().version())
                    .addKeyValue("listeners", sluice.listenerAddresses())
                    .addKeyValue("kafka", sluice.bootstrapServers())
                    .addKeyValue("managementPort", sluice.managementPort())
                    .addKeyValue("security", security)
                    .log("Sluice is ready");
            return;
        }
        out.println("Sluice " + BuildInfo.current().version());
        sluice.listenerAddresses().forEach((name, address) -> out.println("  " + name + "  " + address));
        String kafka = sluice.bootstrapServers();
        out.println("  kafka  " + kafka
                + (config.kafka().isEmbedded()
                        ? "  (embedded, data in " + config.kafka().embedded().dataDir() + ")"
                        : ""));
        out.println("  http  http://" + config.management().bind().host() + ":" + sluice.managementPort()
                + "/  (metrics, health)");
        out.println("  " + security);
        out.println();
        out.println("Try, each in a terminal of its own:");
        out.println("  mosquitto_sub -t 'telemetry/+/+/temp' -v -q 1");
        out.println("  mosquitto_pub -t telemetry/acme/dev1/temp -m 21.5 -q 1");
        out.println("  java -cp bridge-app/target/sluice.jar org.apache.kafka.tools.consumer.ConsoleConsumer \\");
        out.println("    --bootstrap-server " + kafka + " --topic mqtt.telemetry --from-beginning \\");
        out.println("    --formatter-property print.key=true --formatter-property print.headers=true");
        out.flush();
    }
}
