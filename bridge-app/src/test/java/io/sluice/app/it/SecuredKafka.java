package io.sluice.app.it;

import io.sluice.mqtt.fake.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A Kafka of one node that lets clients in by SASL/SCRAM over TLS alone, and lets them do what ACLs allow. Tests change
 * it from inside, where nobody is asked.
 */
final class SecuredKafka implements AutoCloseable {

    /** Sluice's name. */
    static final String USER = "sluice";

    static final String PRINCIPAL = "User:" + USER;

    private static final int ITERATIONS = 4096;
    private static final int TIMEOUT_SECONDS = 20;

    private final TestAuthority authority = new TestAuthority("kafka-ca");
    private final KafkaCluster cluster;
    private final Path authorityFile;
    private final Admin admin;

    /**
     * Starts it, with Sluice's user.
     *
     * @param password Sluice's
     */
    SecuredKafka(Path folder, String password) throws Exception {
        authorityFile = authority.write(folder.resolve("kafka-ca.pem"));
        Path certificate = folder.resolve("kafka.pem");
        Path key = folder.resolve("kafka-key.pem");
        authority.server(TestAuthority.Algorithm.EC).write(certificate, key);
        Path both = folder.resolve("kafka-both.pem");
        Files.writeString(both, Files.readString(key) + Files.readString(certificate));
        cluster = new KafkaCluster(folder, 1);
        properties(both).forEach(cluster::set);
        cluster.start();
        admin = Admin.create(inside());
        setPassword(USER, password);
    }

    private Map<String, String> properties(Path both) {
        Map<String, String> properties = new HashMap<>();
        properties.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("listener.name.clients.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        properties.put(
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        properties.put("listener.name.clients.ssl.keystore.type", "PEM");
        properties.put("listener.name.clients.ssl.keystore.location", both.toString());
        properties.put("listener.name.clients.ssl.truststore.type", "PEM");
        properties.put("listener.name.clients.ssl.truststore.location", authorityFile.toString());
        properties.put("listener.name.clients.ssl.client.auth", "requested");
        // A login is to be renewed after so long: what was taken away is not in force for ever.
        properties.put("listener.name.clients.connections.max.reauth.ms", "4000");
        properties.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        properties.put("super.users", "User:ANONYMOUS");
        return properties;
    }

    TestAuthority authority() {
        return authority;
    }

    String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    /** How a client without a certificate comes in, but for who it is: in YAML's flow style. */
    String clientProperties() {
        return "security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512, ssl.truststore.type: PEM, "
                + "ssl.truststore.location: '" + authorityFile + "'";
    }

    /** The configuration of a client that nobody asks. */
    Map<String, Object> inside() {
        return Map.of("bootstrap.servers", cluster.insideServers());
    }

    Admin admin() {
        return admin;
    }

    String log() throws IOException {
        return cluster.log(0);
    }

    void setPassword(String user, String password) throws Exception {
        alter(new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password));
    }

    void removeUser(String user) throws Exception {
        alter(new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512));
    }

    private void alter(UserScramCredentialAlteration alteration) throws Exception {
        admin.alterUserScramCredentials(List.of(alteration)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    void createTopic(String name, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** One line of an ACL for Sluice. */
    static AclBinding acl(ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(PRINCIPAL, "*", operation, AclPermissionType.ALLOW));
    }

    /** The same for several operations. */
    static List<AclBinding> acls(ResourceType type, String name, PatternType pattern, AclOperation... operations) {
        List<AclBinding> bindings = new ArrayList<>();
        for (AclOperation operation : operations) {
            bindings.add(acl(type, name, pattern, operation));
        }
        return bindings;
    }

    void allow(List<AclBinding> acls) throws Exception {
        admin.createAcls(acls).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    void allow(AclBinding acl) throws Exception {
        allow(List.of(acl));
    }

    void takeAway(List<AclBinding> acls) throws Exception {
        admin.deleteAcls(acls.stream().map(AclBinding::toFilter).toList()).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    void takeAway(AclBinding acl) throws Exception {
        takeAway(List.of(acl));
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        cluster.close();
    }
}
