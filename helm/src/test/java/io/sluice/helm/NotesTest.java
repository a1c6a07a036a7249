package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Helm prints after an installation. */
final class NotesTest {

    private static final Chart CHART = Chart.copy("notes");

    @Test
    void theySayHowToConnectAndWhatADrainTakes() {
        assertThat(CHART.notes(Chart.LEAST))
                .contains("Kafka: kafka:9092 by PLAINTEXT")
                .contains("mqtt://r-sluice.iot.svc:1883\n")
                .contains("ws://r-sluice.iot.svc:8083/mqtt\n")
                .contains("port-forward service/r-sluice 1883:1883")
                .contains("helm test r --namespace iot --logs")
                .contains("5s unready, then 500 clients a second; in 110s these are 52500 clients per pod,")
                .contains("Kubernetes waits 120 s; for N clients on a pod it needs N / 500 + 5 + 5 s.")
                .doesNotContain("Look at this");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kafka: {embedded: {enabled: true}}                 | The embedded Kafka is one node
            kafka: {embedded: {enabled: true, persistence: {enabled: false}}} | every message is gone with the pod
            {kafka: {bootstrapServers: "k:1"}, replicaCount: 1} | One pod: clients are away while it is replaced.
            {kafka: {bootstrapServers: "k:1"}, autoscaling: {enabled: true, connectionsPerPod: 60000}} | autoscaling.connectionsPerPod is 60000, but a drain has time for 52500 clients at drain.rate
            {kafka: {bootstrapServers: "k:1"}, service: {mqtt: {annotations: {x/aws-load-balancer-proxy-protocol: "*"}}}} | service.mqtt has an annotation for the PROXY protocol, but listeners.mqtt.proxyProtocol is off
            {kafka: {bootstrapServers: "k:1"}, listeners: {mqtt: {proxyProtocol: v2}}} | listeners.mqtt expects the PROXY protocol v2; the load balancer in front of service.mqtt must speak it
            {kafka: {bootstrapServers: "k:1"}, auth: {allowAnonymous: true}, listeners: {mqtt: {proxyProtocol: v2}}, service: {mqtt: {type: LoadBalancer, preset: aws-nlb}}} | speaks the PROXY protocol on all ports or on none, but the listeners of this group differ
            {kafka: {bootstrapServers: "k:1"}, ingress: {enabled: true}} | listeners.ws is reached from outside by an Ingress or a route, and anybody may connect.
            """)
    void theyWarn(String values, String warning) {
        assertThat(CHART.notes(values)).contains("Look at this:").contains(warning);
    }
}
