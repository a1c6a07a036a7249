package io.sluice.app.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.app.BuildInfo;
import io.sluice.app.Runner;
import io.sluice.app.config.SluiceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** Runs Sluice until the process is told to stop, and says what to try next. */
public final class SluiceRunner implements Runner {

    private static final int FAILED = 1;

    private final PrintStream out;
    private final PrintStream err;

    public SluiceRunner(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public int run(SluiceConfig config) {
        Logger ours = (Logger) LoggerFactory.getLogger("io.sluice");
        ours.setLevel(Level.toLevel(config.observability().log().level().name()));
        CountDownLatch stopped = new CountDownLatch(1);
        Sluice sluice;
        try {
            sluice = Sluice.start(config);
        } catch (IOException | RuntimeException failure) {
            err.println("error: " + failure.getMessage() + ". Nothing was started.");
            return FAILED;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            sluice.close();
                            stopped.countDown();
                        },
                        "stop"));
        greet(sluice, config);
        try {
            stopped.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private void greet(Sluice sluice, SluiceConfig config) {
        out.println("Sluice " + BuildInfo.current().version());
        sluice.listenerAddresses().forEach((name, address) -> out.println("  " + name + "  " + address));
        String kafka = sluice.bootstrapServers();
        out.println("  kafka  " + kafka
                + (config.kafka().isEmbedded()
                        ? "  (embedded, data in " + config.kafka().embedded().dataDir() + ")"
                        : ""));
        out.println("  http  http://" + config.management().bind().host() + ":" + sluice.managementPort()
                + "/  (metrics, health)");
        if (config.listeners().values().stream()
                .allMatch(listener -> listener.bind().isLoopback())) {
            out.println("  No authentication: loopback only.");
        }
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
