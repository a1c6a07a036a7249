package io.sluice.app.it;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** The main class of a process that is one node of a {@link KafkaCluster}, broker and controller. */
public final class KafkaNode {

    /** Its file says that the node takes requests. */
    static final String READY = "ready";

    private KafkaNode() {}

    /** Formats the node's folder if need be, and runs until the process is ended. Told the folder, and the cluster's id. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve(KafkaCluster.PROPERTIES))) {
            properties.load(reader);
        }
        String data = properties.getProperty("log.dirs");
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
                    .setClusterId(args[1])
                    .setDirectories(List.of(data))
                    .setMetadataLogDirectory(data)
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setUnstableFeatureVersionsEnabled(false)
                    .setIgnoreFormatted(true)
                    .run();
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
        Files.writeString(folder.resolve(READY), "");
        server.awaitShutdown();
    }
}
