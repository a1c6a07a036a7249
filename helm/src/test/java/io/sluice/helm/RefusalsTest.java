package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that are refused, with the words for it: by the schema each alone, by the templates those that contradict. */
final class RefusalsTest {

    private static final Chart CHART = Chart.copy("refusals");

    /** What Kubernetes has a schema for is passed on as it is. */
    private static final List<String> OPEN = List.of("/resources", "/podSecurityContext", "/containerSecurityContext");

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                            | `kafka.bootstrapServers: "" (expected: where Kafka is, kafka.bootstrapServers=HOST:9092 or kafka.strimzi.cluster=NAME; or, to try Sluice out, a Kafka inside the pod, kafka.embedded.enabled=true)`
            kafka: {bootstrapServers: "k:1", embedded: {enabled: true}}   | kafka.embedded.enabled: true beside a Kafka at k:1 (expected: one of the two)
            {kafka: {embedded: {enabled: true}}, replicaCount: 3}         | replicaCount: 3 with kafka.embedded.enabled (expected: 1, the embedded Kafka belongs to one pod; or a Kafka for all of them, kafka.bootstrapServers=HOST:9092)
            {kafka: {embedded: {enabled: true}}, autoscaling: {enabled: true}} | autoscaling.enabled: true with kafka.embedded.enabled (expected: false, the embedded Kafka belongs to one pod)
            {kafka: {embedded: {enabled: true}}, keda: {enabled: true, triggers: [{}]}} | keda.enabled: true with kafka.embedded.enabled (expected: false, the embedded Kafka belongs to one pod)
            {kafka: {embedded: {enabled: true}}, listeners: {mqtt: {port: 9092}}} | listeners.mqtt.port: 9092 is taken by the embedded Kafka (expected: another port)
            kafka: {bootstrapServers: "k:1", strimzi: {user: u}}          | `kafka.strimzi.user: "u" without kafka.strimzi.cluster (expected: the name of the Kafka, too)`
            kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL}} | `kafka.security.sasl.username: "" with kafka.security.protocol SASL_SSL (expected: a user name, or kafka.strimzi.user)`
            kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL}} | `kafka.security.sasl.existingSecret: "" with kafka.security.protocol SASL_SSL (expected: the Secret with the password, or kafka.strimzi.user)`
            kafka: {bootstrapServers: "k:1", security: {sasl: {existingSecret: s}}} | `kafka.security.sasl.existingSecret: "s" with kafka.security.protocol PLAINTEXT (expected: SASL_SSL or SASL_PLAINTEXT)`
            kafka: {bootstrapServers: "k:1", security: {tls: {caSecret: s}}} | kafka.security.tls: set with kafka.security.protocol PLAINTEXT (expected: SSL or SASL_SSL)
            kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}}} | `kafka.security.oauth.tokenEndpoint: "" with kafka.security.sasl.mechanism OAUTHBEARER (expected: set)`
            kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}}} | `kafka.security.oauth.clientId: "" with kafka.security.sasl.mechanism OAUTHBEARER (expected: set)`
            kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}}} | `kafka.security.oauth.existingSecret: "" with kafka.security.sasl.mechanism OAUTHBEARER (expected: set)`
            {existingConfigMap: m, config: {mqtt: {}}}                    | `config: set beside existingConfigMap "m", which replaces it (expected: one of the two)`
            listeners: {mqtt: {enabled: false}, ws: {enabled: false}}     | listeners: none is enabled (expected: at least one)
            listeners: {ws: {port: 1883}}                                 | listeners.ws.port: 1883 is taken by listeners.mqtt (expected: another port)
            listeners: {ws: {port: 8080}}                                 | listeners.ws.port: 8080 is taken by the management port (expected: another port)
            listeners: {ws: {service: web}}                               | `listeners.ws.service: "web" (expected: one of the groups in service: mqtt)`
            listeners: {mqtts: {enabled: true}}                           | listeners.mqtts.tls: of type tls, but without a certificate (expected: a Secret with tls.crt and tls.key, listeners.mqtts.tls.existingSecret=NAME; or one from cert-manager, listeners.mqtts.tls.certManager.enabled=true and listeners.mqtts.tls.certManager.issuerRef.name=NAME)
            listeners: {wss: {enabled: true}}                             | listeners.wss.tls: of type wss, but without a certificate
            listeners: {mqtts: {enabled: true, tls: {certManager: {enabled: true}}}} | `listeners.mqtts.tls.certManager.issuerRef.name: "" (expected: an Issuer)`
            listeners: {mqtt: {auth: passwords}}                          | `listeners.mqtt.auth: passwords, but auth.existingPasswordSecret is "" (expected: a Secret with the key users)`
            listeners: {mqtt: {auth: tokens}}                             | `listeners.mqtt.auth: tokens, but auth.jwksUrl is "" (expected: where the keys are)`
            auth: {jwksUrl: "https://idp/keys"}                           | auth.jwksUrl: without auth.jwtIssuer and auth.jwtAudience, tokens that are meant for others would be taken (expected: both)
            listeners: {mqtt: {auth: certificates}}                       | listeners.mqtt.auth: certificates, but listeners.mqtt.tls.clientAuth is none (expected: require)
            service: {mqtt: {preset: gcp}}                                | service.mqtt.preset: gcp with type ClusterIP (expected: type LoadBalancer)
            service: {mqtt: {type: NodePort, nodePorts: {mqtts: 31883}}}  | service.mqtt.nodePorts.mqtts: 31883 (expected: the name of an enabled listener of this group)
            service: {mqtt: {type: LoadBalancer}}                         | service.mqtt.type: LoadBalancer, and anybody may connect to listeners.ws (expected: authentication, auth.existingPasswordSecret=NAME or auth.jwksUrl=URL; or, if it is meant, auth.allowAnonymous=true)
            service: {mqtt: {type: NodePort}}                             | service.mqtt.type: NodePort, and anybody may connect to listeners.mqtt
            {service: {mqtt: {type: LoadBalancer}}, auth: {existingPasswordSecret: s}, listeners: {ws: {auth: none}}} | service.mqtt.type: LoadBalancer, and anybody may connect to listeners.ws
            {ingress: {enabled: true}, listeners: {ws: {enabled: false}}} | ingress.enabled: true, but no listener of type ws is enabled (expected: listeners.ws.enabled=true; an Ingress carries WebSocket only)
            {gateway: {httpRoute: {enabled: true, parentRefs: [{name: g}]}}, listeners: {ws: {enabled: false}}} | gateway.httpRoute.enabled: true, but no listener of type ws is enabled (expected: listeners.ws.enabled=true)
            gateway: {httpRoute: {enabled: true}}                         | gateway.httpRoute.parentRefs: [] (expected: at least one Gateway)
            gateway: {tlsRoute: {enabled: true, parentRefs: [{name: g}]}} | gateway.tlsRoute.enabled: true, but no listener of type tls is enabled (expected: listeners.mqtts.enabled=true)
            gateway: {tlsRoute: {enabled: true}}                          | gateway.tlsRoute.parentRefs: [] (expected: at least one Gateway)
            drain: {timeout: 2m}                                          | terminationGracePeriodSeconds: 120, but drain.delay 5s and drain.timeout 2m are 125 s (expected: at least 125, or a shorter drain)
            jvm: {heapPercent: 60, directPercent: 40}                     | jvm.heapPercent: 60 and jvm.directPercent: 40 are 100 % of the memory (expected: at most 90, the rest is for code, threads and the collector)
            extraEnv: [{name: JAVA_TOOL_OPTIONS, value: x}]               | extraEnv: JAVA_TOOL_OPTIONS (expected: jvm.options, the chart sets this variable itself)
            {autoscaling: {enabled: true}, keda: {enabled: true, triggers: [{}]}} | keda.enabled: true beside autoscaling.enabled (expected: one of the two)
            autoscaling: {minReplicas: 11}                                | autoscaling.minReplicas: 11 is more than autoscaling.maxReplicas 10 (expected: at most as many)
            keda: {enabled: true}                                         | `keda.prometheus.serverAddress: "" (expected: the address of Prometheus, or triggers of your own in keda.triggers)`
            metrics: {prometheusRule: {enabled: true, thresholds: {tailLag: 1}}} | metrics.prometheusRule.thresholds.tailLag: no such threshold (expected: one of
            """)
    void whatContradictsIsSaid(String values, String message) {
        String least = values.equals("{}") || values.contains("kafka:") ? "{}" : Chart.LEAST;

        assertThat(CHART.refusal(least, values)).contains(message);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(CHART.refusal("{listeners: {ws: {port: 1883}}, keda: {enabled: true}, drain: {timeout: 1h}}"))
                .contains("values: 4 problem(s)")
                .contains("kafka.bootstrapServers", "listeners.ws.port", "keda.prometheus", "terminationGracePeriod");
    }

    /** Each value that has a default, in turn replaced by one of another type. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("leaves")
    void aWrongTypeIsRefusedByItsName(String path, String values) {
        String last = path.substring(path.lastIndexOf('/') + 1);

        assertThat(CHART.refusal(Chart.LEAST, values)).contains("schema").contains(last);
    }

    static Stream<String[]> leaves() {
        List<String[]> leaves = new ArrayList<>();
        wrong(Yaml.map(Chart.SOURCE.resolve("values.yaml")), "", leaves);
        assertThat(leaves).hasSizeGreaterThan(130);
        return leaves.stream();
    }

    private static void wrong(Map<String, Object> values, String path, List<String[]> leaves) {
        values.forEach((name, value) -> {
            String here = path + "/" + name;
            if (value instanceof Map<?, ?> map && !map.isEmpty() && !OPEN.contains(here)) {
                wrong(Yaml.asMap(map), here, leaves);
            } else {
                // No value of ours is a list of lists.
                leaves.add(new String[] {here, nested(here, "[[]]")});
            }
        });
    }

    /** Beside each value an unknown one: whoever mistypes a name is told. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("maps")
    void anUnknownNameIsRefused(String path, String values) {
        assertThat(CHART.refusal(Chart.LEAST, values)).contains("'mistyped'");
    }

    static Stream<String[]> maps() {
        List<String[]> maps = new ArrayList<>();
        maps.add(new String[] {"/", "mistyped: 1"});
        unknown(Yaml.map(Chart.SOURCE.resolve("values.yaml")), "", maps);
        assertThat(maps).hasSizeGreaterThan(35);
        return maps.stream();
    }

    /** `global` belongs to other charts, too. */
    private static void unknown(Map<String, Object> values, String path, List<String[]> maps) {
        values.forEach((name, value) -> {
            String here = path + "/" + name;
            if (value instanceof Map<?, ?> map && !map.isEmpty() && !OPEN.contains(here) && !here.equals("/global")) {
                // A name of one's own is right for a listener and for a group of Services; what is inside is not.
                boolean isNamed = here.equals("/listeners") || here.equals("/service");
                maps.add(new String[] {here, nested(here + (isNamed ? "/own/mistyped" : "/mistyped"), "1")});
                unknown(Yaml.asMap(map), here, maps);
            }
        });
    }

    private static String nested(String path, String value) {
        String[] steps = path.substring(1).split("/");
        return "{" + String.join(": {", steps) + ": " + value + "}".repeat(steps.length);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kafka: {bootstrapServers: kafka}                    | kafka/bootstrapServers
            kafka: {security: {protocol: TLS}}                  | 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'
            kafka: {security: {sasl: {mechanism: GSSAPI}}}      | 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'
            `kafka: {security: {sasl: {username: 'a"b'}}}`      | kafka/security/sasl/username
            kafka: {internalTopics: {replicationFactor: 0}}     | kafka/internalTopics/replicationFactor
            kafka: {internalTopics: {prefix: state}}            | kafka/internalTopics/prefix
            listeners: {mqtt: {type: udp}}                      | 'tcp', 'tls', 'ws', 'wss'
            listeners: {mqtt: {port: 70000}}                    | listeners/mqtt/port
            listeners: {mqtt: {proxyProtocol: v3}}              | listeners/mqtt/proxyProtocol
            listeners: {a-name-too-long-for-a-port: {enabled: true, type: tcp, port: 1}} | a-name-too-long-for-a-port
            listeners: {management: {enabled: true, type: tcp, port: 1}} | management
            listeners: {own: {port: 1884}}                      | missing properties 'enabled', 'type'
            listeners: {mqtts: {tls: {clientAuth: yes}}}        | 'none', 'request', 'require'
            service: {mqtt: {type: ExternalName}}               | 'ClusterIP', 'NodePort', 'LoadBalancer'
            service: {mqtt: {preset: ibm}}                      | 'aws-nlb', 'azure', 'gcp'
            service: {mqtt: {loadBalancerSourceRanges: [10.0.0.1]}} | service/mqtt/loadBalancerSourceRanges/0
            drain: {timeout: 110}                               | drain/timeout
            drain: {delay: 5 s}                                 | drain/delay
            image: {digest: sha256:1}                           | image/digest
            logging: {level: loud}                              | 'error', 'warn', 'info', 'debug', 'trace'
            tracing: {endpoint: "c:4318"}                       | tracing/endpoint
            tracing: {sampleRatio: 1.5}                         | tracing/sampleRatio
            config: {listner: {}}                               | listner
            metrics: {monitor: {type: Probe}}                   | 'ServiceMonitor', 'PodMonitor'
            metrics: {prometheusRule: {runbookUrl: "https://x"}} | metrics/prometheusRule/runbookUrl
            replicaCount: two                                   | replicaCount
            tests: {topic: "a/#"}                               | tests/topic
            """)
    void aWrongValueIsRefusedWithWhatIsExpected(String values, String message) {
        assertThat(CHART.refusal(Chart.LEAST, values)).contains("schema").contains(message);
    }
}
