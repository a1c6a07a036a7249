package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every switch of the chart, on and off: values, the object that shows it, where, and what is there. */
final class SwitchesTest {

    private static final Chart CHART = Chart.withTestPod();

    /** An object is there with the switch on, and not without. */
    @ParameterizedTest(name = "{0} makes a {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            podDisruptionBudget: {enabled: true}  | podDisruptionBudget: {enabled: false} | PodDisruptionBudget
            serviceAccount: {create: true}        | serviceAccount: {create: false}       | ServiceAccount
            tests: {enabled: true}                | tests: {enabled: false}               | Pod
            autoscaling: {enabled: true}          | autoscaling: {enabled: false}         | HorizontalPodAutoscaler
            keda: {enabled: true, triggers: [{type: cpu, metadata: {value: "60"}}]} | keda: {enabled: false} | ScaledObject
            networkPolicy: {enabled: true}        | networkPolicy: {enabled: false}       | NetworkPolicy
            ingress: {enabled: true}              | ingress: {enabled: false}             | Ingress
            gateway: {httpRoute: {enabled: true, parentRefs: [{name: g}]}} | gateway: {httpRoute: {enabled: false}} | HTTPRoute
            gateway: {tlsRoute: {enabled: true, parentRefs: [{name: g}]}}  | gateway: {tlsRoute: {enabled: false}}  | TLSRoute
            metrics: {monitor: {enabled: true}}   | metrics: {monitor: {enabled: false}}  | ServiceMonitor
            metrics: {monitor: {enabled: true, type: PodMonitor}} | metrics: {monitor: {enabled: true}} | PodMonitor
            metrics: {prometheusRule: {enabled: true}} | metrics: {prometheusRule: {enabled: false}} | PrometheusRule
            listeners: {mqtts: {tls: {existingSecret: "", certManager: {enabled: true, issuerRef: {name: i}}}}} | listeners: {mqtts: {tls: {existingSecret: s}}} | Certificate
            existingConfigMap: ""                 | existingConfigMap: mine               | ConfigMap
            """)
    void makesAnObject(String on, String off, String kind) {
        String tls = "listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}}";

        assertThat(CHART.render(Chart.LEAST, tls, on).has(kind)).as("on").isTrue();
        assertThat(CHART.render(Chart.LEAST, tls, off).has(kind)).as("off").isFalse();
    }

    /** A place in an object without the switch, and with it. {@code null}: nothing is there. */
    @ParameterizedTest(name = "{0} at {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            nameOverride: other         | Service/r-other               | metadata.labels."app.kubernetes.io/name" | other
            fullnameOverride: other     | Deployment/other              | metadata.name | other
            namespaceOverride: other    | Deployment                    | metadata.namespace | other
            commonLabels: {a: b}        | Deployment                    | metadata.labels.a | b
            commonLabels: {a: b}        | Deployment                    | spec.template.metadata.labels.a | b
            commonLabels: {a: b}        | Deployment                    | spec.selector.matchLabels.a | null
            commonAnnotations: {a: b}   | Service/r-sluice              | metadata.annotations.a | b
            commonAnnotations: {}       | Service/r-sluice              | metadata.annotations | null
            image: {tag: "1.2"}         | Deployment | spec.template.spec.containers[0].image | ghcr.io/sluice/sluice:1.2
            image: {tag: ""}            | Deployment | spec.template.spec.containers[0].image | ghcr.io/sluice/sluice:0.1.0
            image: {registry: ""}       | Deployment | spec.template.spec.containers[0].image | sluice/sluice:0.1.0
            global: {imageRegistry: x}  | Pod        | spec.containers[0].image | x/sluice/sluice:0.1.0
            global: {imageRegistry: x}  | Deployment | spec.template.spec.containers[0].image | x/sluice/sluice:0.1.0
            image: {pullPolicy: Always} | Deployment | spec.template.spec.containers[0].imagePullPolicy | Always
            image: {pullSecrets: [p]}   | Deployment | spec.template.spec.imagePullSecrets[0].name | p
            global: {imagePullSecrets: [p]} | Pod    | spec.imagePullSecrets[0].name | p
            image: {}                   | Deployment | spec.template.spec.imagePullSecrets | null
            replicaCount: 3             | Deployment | spec.replicas | 3
            replicaCount: null          | Deployment | spec.replicas | 2
            autoscaling: {enabled: true} | Deployment | spec.replicas | null
            revisionHistoryLimit: 1     | Deployment | spec.revisionHistoryLimit | 1
            updateStrategy: {rollingUpdate: {maxSurge: 2}} | Deployment | spec.strategy.rollingUpdate.maxSurge | 2
            minReadySeconds: 30         | Deployment | spec.minReadySeconds | 30
            terminationGracePeriodSeconds: 300  | Deployment | spec.template.spec.terminationGracePeriodSeconds | 300
            {terminationGracePeriodSeconds: null, drain: {delay: 1500ms, timeout: 5m}} | Deployment | spec.template.spec.terminationGracePeriodSeconds | 307
            startupProbe: {failureThreshold: 7}   | Deployment | spec.template.spec.containers[0].startupProbe.failureThreshold | 7
            startupProbe: {}                      | Deployment | spec.template.spec.containers[0].startupProbe.httpGet.path | /live
            livenessProbe: {}                     | Deployment | spec.template.spec.containers[0].livenessProbe.httpGet.path | /live
            readinessProbe: {}                    | Deployment | spec.template.spec.containers[0].readinessProbe.httpGet.path | /ready
            customStartupProbe: {exec: {command: [x]}} | Deployment | spec.template.spec.containers[0].startupProbe.exec.command[0] | x
            customLivenessProbe: {exec: {command: [x]}} | Deployment | spec.template.spec.containers[0].livenessProbe.httpGet | null
            customReadinessProbe: {tcpSocket: {port: mqtt}} | Deployment | spec.template.spec.containers[0].readinessProbe.tcpSocket.port | mqtt
            resources: {limits: {memory: 2Gi}}    | Deployment | spec.template.spec.containers[0].resources.limits.memory | 2Gi
            resources: {limits: {memory: 2Gi}}    | Deployment | spec.template.spec.containers[0].env[0].value | -XX:MaxRAMPercentage=45 -XX:MaxDirectMemorySize=716m
            resources: {limits: {memory: 512Mi}}  | Deployment | spec.template.spec.containers[0].env[0].value | -XX:MaxRAMPercentage=45 -XX:MaxDirectMemorySize=179m
            resources: {limits: {memory: 1073741824}} | Deployment | spec.template.spec.containers[0].env[0].value | -XX:MaxRAMPercentage=45
            jvm: {heapPercent: 60, directPercent: 20, options: -Xlog:gc} | Deployment | spec.template.spec.containers[0].env[0].value | -XX:MaxRAMPercentage=60 -XX:MaxDirectMemorySize=204m -Xlog:gc
            podSecurityContext: {fsGroup: 5}      | Deployment | spec.template.spec.securityContext.fsGroup | 5
            podSecurityContext: {runAsUser: null} | Deployment | spec.template.spec.securityContext.runAsUser | null
            containerSecurityContext: {privileged: false} | Deployment | spec.template.spec.containers[0].securityContext.privileged | false
            serviceAccount: {name: x}             | Deployment | spec.template.spec.serviceAccountName | x
            serviceAccount: {create: false}       | Deployment | spec.template.spec.serviceAccountName | default
            serviceAccount: {annotations: {a: b}} | ServiceAccount | metadata.annotations.a | b
            serviceAccount: {automountServiceAccountToken: true} | Deployment | spec.template.spec.automountServiceAccountToken | true
            serviceAccount: {}                    | Deployment | spec.template.spec.automountServiceAccountToken | false
            enableServiceLinks: true              | Deployment | spec.template.spec.enableServiceLinks | true
            {}                                    | Deployment | spec.template.spec.enableServiceLinks | false
            {}                                    | Deployment | spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable | ScheduleAnyway
            {}                                    | Deployment | spec.template.spec.topologySpreadConstraints[1].topologyKey | topology.kubernetes.io/zone
            topologySpreadConstraints: [{maxSkew: 2, topologyKey: k, whenUnsatisfiable: DoNotSchedule}] | Deployment | spec.template.spec.topologySpreadConstraints[0].maxSkew | 2
            affinity: {podAntiAffinity: {}}       | Deployment | spec.template.spec.affinity.podAntiAffinity | {}
            nodeSelector: {a: b}                  | Deployment | spec.template.spec.nodeSelector.a | b
            tolerations: [{key: k, operator: Exists}] | Deployment | spec.template.spec.tolerations[0].key | k
            priorityClassName: high               | Deployment | spec.template.spec.priorityClassName | high
            {}                                    | Deployment | spec.template.spec.priorityClassName | null
            podAnnotations: {a: b}                | Deployment | spec.template.metadata.annotations.a | b
            podLabels: {a: b}                     | Deployment | spec.template.metadata.labels.a | b
            extraEnv: [{name: A, value: "{{ .Release.Name }}"}] | Deployment | spec.template.spec.containers[0].env[1].value | r
            extraEnv: [{name: A, value: "{{ .Release.Name }}"}] | Pod | spec.containers[0].env[1].value | r
            extraEnvFrom: [{secretRef: {name: s}}] | Deployment | spec.template.spec.containers[0].envFrom[0].secretRef.name | s
            extraVolumes: [{name: v, emptyDir: {}}] | Deployment | spec.template.spec.volumes[2].name | v
            extraVolumeMounts: [{name: v, mountPath: /v}] | Deployment | spec.template.spec.containers[0].volumeMounts[2].mountPath | /v
            initContainers: [{name: i, image: x}] | Deployment | spec.template.spec.initContainers[0].name | i
            extraContainers: [{name: c, image: x}] | Deployment | spec.template.spec.containers[1].name | c
            extraManifests: [{apiVersion: v1, kind: Secret, metadata: {name: "{{ .Release.Name }}-s"}}] | Secret | metadata.name | r-s
            extraManifests: ["{apiVersion: v1, kind: Secret, metadata: {name: {{ .Release.Name }}-t}}"] | Secret | metadata.name | r-t
            {}                                    | Pod        | spec.containers[0].resources.requests.cpu | 100m
            {}                                    | Pod        | spec.containers[0].resources.limits.memory | 1Gi
            tests: {topic: a/b}                   | Pod        | spec.containers[0].args[4] | a/b
            {}                                    | Pod        | spec.containers[0].args[5] | mqtt://r-sluice:1883
            {}                                    | Pod        | spec.containers[0].args[6] | ws://r-sluice:8083/mqtt
            listeners: {ws: {enabled: false}}     | Pod        | spec.containers[0].args[6] | null
            existingConfigMap: mine               | Deployment | spec.template.spec.volumes[0].configMap.name | mine
            existingConfigMap: mine               | Deployment | spec.template.metadata.annotations."checksum/config" | null
            {}                                    | Deployment | spec.template.spec.volumes[0].configMap.name | r-sluice
            podDisruptionBudget: {maxUnavailable: 30%} | PodDisruptionBudget | spec.maxUnavailable | 30%
            podDisruptionBudget: {unhealthyPodEvictionPolicy: IfHealthyBudget} | PodDisruptionBudget | spec.unhealthyPodEvictionPolicy | IfHealthyBudget
            """)
    void isSeenInTheObject(String values, String object, String path, String expected) {
        Object found = CHART.render(Chart.LEAST, values).get(object).at(path);

        assertThat(found == null ? null : String.valueOf(found)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} at {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            service: {mqtt: {type: NodePort}}                         | Service/r-sluice | spec.type | NodePort
            service: {mqtt: {annotations: {a: b}}}                    | Service/r-sluice | metadata.annotations.a | b
            service: {mqtt: {labels: {a: b}}}                         | Service/r-sluice | metadata.labels.a | b
            service: {mqtt: {type: NodePort, nodePorts: {mqtt: 31883}}} | Service/r-sluice | spec.ports[0].nodePort | 31883
            service: {mqtt: {nodePorts: {mqtt: 31883}}}               | Service/r-sluice | spec.ports[0].nodePort | null
            service: {mqtt: {type: LoadBalancer, loadBalancerClass: c}} | Service/r-sluice | spec.loadBalancerClass | c
            service: {mqtt: {type: LoadBalancer}}                     | Service/r-sluice | spec.loadBalancerClass | null
            service: {mqtt: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]}} | Service/r-sluice | spec.loadBalancerSourceRanges[0] | 10.0.0.0/8
            service: {mqtt: {type: LoadBalancer}}                     | Service/r-sluice | spec.externalTrafficPolicy | Local
            service: {mqtt: {type: LoadBalancer, externalTrafficPolicy: Cluster}} | Service/r-sluice | spec.externalTrafficPolicy | Cluster
            service: {mqtt: {}}                                       | Service/r-sluice | spec.externalTrafficPolicy | null
            service: {mqtt: {type: LoadBalancer}}                     | Service/r-sluice | spec.allocateLoadBalancerNodePorts | true
            service: {mqtt: {type: LoadBalancer, allocateLoadBalancerNodePorts: false}} | Service/r-sluice | spec.allocateLoadBalancerNodePorts | false
            service: {mqtt: {sessionAffinity: ClientIP}}              | Service/r-sluice | spec.sessionAffinity | ClientIP
            service: {mqtt: {type: LoadBalancer, preset: aws-nlb}}    | Service/r-sluice | spec.loadBalancerClass | service.k8s.aws/nlb
            service: {mqtt: {type: LoadBalancer, preset: aws-nlb}}    | Service/r-sluice | metadata.annotations."service.beta.kubernetes.io/aws-load-balancer-healthcheck-path" | /ready
            service: {mqtt: {type: LoadBalancer, preset: aws-nlb}}    | Service/r-sluice | metadata.annotations."service.beta.kubernetes.io/aws-load-balancer-proxy-protocol" | null
            {service: {mqtt: {type: LoadBalancer, preset: aws-nlb}}, listeners: {mqtt: {proxyProtocol: v2}}} | Service/r-sluice | metadata.annotations."service.beta.kubernetes.io/aws-load-balancer-proxy-protocol" | *
            service: {mqtt: {type: LoadBalancer, preset: aws-nlb, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal}}} | Service/r-sluice | metadata.annotations."service.beta.kubernetes.io/aws-load-balancer-scheme" | internal
            service: {mqtt: {type: LoadBalancer, preset: azure}}      | Service/r-sluice | metadata.annotations."service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout" | 30
            service: {mqtt: {type: LoadBalancer, preset: gcp}}        | Service/r-sluice | metadata.annotations."cloud.google.com/l4-rbs" | enabled
            {listeners: {ws: {service: web}}, service: {web: {}}}     | Service/r-sluice-web | spec.ports[0].name | ws
            {listeners: {ws: {service: web}}, service: {web: {}}}     | Service/r-sluice | spec.ports[1] | null
            {}                                                        | Service/r-sluice | spec.ports[1].appProtocol | kubernetes.io/ws
            listeners: {mqtt: {port: 11883}}                          | Service/r-sluice | spec.ports[0].port | 11883
            listeners: {mqtt: {port: 11883}}                          | Deployment | spec.template.spec.containers[0].ports[0].containerPort | 11883
            listeners: {mqtt: {enabled: false}}                       | Service/r-sluice | spec.ports[0].name | ws
            service: {management: {port: 80}}                         | Service/r-sluice-management | spec.ports[0].port | 80
            service: {management: {type: NodePort}}                   | Service/r-sluice-management | spec.type | NodePort
            service: {management: {annotations: {a: b}}}              | Service/r-sluice-management | metadata.annotations.a | b
            service: {management: {labels: {a: b}}}                   | Service/r-sluice-management | metadata.labels.a | b
            ingress: {enabled: true, className: nginx}                | Ingress | spec.ingressClassName | nginx
            ingress: {enabled: true}                                  | Ingress | spec.rules[0].host | null
            ingress: {enabled: true, hosts: [{host: h, path: /p, pathType: Exact}]} | Ingress | spec.rules[0].http.paths[0].pathType | Exact
            ingress: {enabled: true, hosts: [{host: h}]}              | Ingress | spec.rules[0].http.paths[0].path | /mqtt
            ingress: {enabled: true, hosts: [{host: h}]}              | Ingress | spec.rules[0].http.paths[0].backend.service.port.name | ws
            ingress: {enabled: true, tls: [{secretName: s}]}          | Ingress | spec.tls[0].secretName | s
            ingress: {enabled: true, annotations: {a: b}}             | Ingress | metadata.annotations.a | b
            gateway: {httpRoute: {enabled: true, parentRefs: [{name: g}], hostnames: [h]}} | HTTPRoute | spec.hostnames[0] | h
            gateway: {httpRoute: {enabled: true, parentRefs: [{name: g}]}} | HTTPRoute | spec.rules[0].backendRefs[0].port | 8083
            {gateway: {tlsRoute: {enabled: true, parentRefs: [{name: g}], hostnames: [h]}}, listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}}} | TLSRoute | spec.rules[0].backendRefs[0].port | 8883
            networkPolicy: {enabled: true}                            | NetworkPolicy | spec.ingress[0].from | null
            networkPolicy: {enabled: true, mqttFrom: [{podSelector: {}}]} | NetworkPolicy | spec.ingress[0].from[0].podSelector | {}
            networkPolicy: {enabled: true}                            | NetworkPolicy | spec.ingress[1].from[0].namespaceSelector | {}
            networkPolicy: {enabled: true, metricsFrom: [{podSelector: {}}]} | NetworkPolicy | spec.ingress[1].from[0].podSelector | {}
            networkPolicy: {enabled: true}                            | NetworkPolicy | spec.egress[1].ports[0].port | 9092
            networkPolicy: {enabled: true, kafkaTo: [{podSelector: {}}]} | NetworkPolicy | spec.egress[1].to[0].podSelector | {}
            networkPolicy: {enabled: true, kafkaTo: [{podSelector: {}}]} | NetworkPolicy | spec.egress[1].ports | null
            networkPolicy: {enabled: true, extraIngress: [{from: [{podSelector: {}}]}]} | NetworkPolicy | spec.ingress[2].from[0].podSelector | {}
            networkPolicy: {enabled: true, extraEgress: [{to: [{podSelector: {}}]}]} | NetworkPolicy | spec.egress[2].to[0].podSelector | {}
            {networkPolicy: {enabled: true}, tracing: {endpoint: "http://c:4318"}} | NetworkPolicy | spec.egress[2].ports[0].port | 4318
            {networkPolicy: {enabled: true}, auth: {jwksUrl: "https://idp:8443/keys", jwtIssuer: i, jwtAudience: a}} | NetworkPolicy | spec.egress[2].ports[0].port | 8443
            {networkPolicy: {enabled: true}, config: {schema-registry: {url: "http://registry"}}} | NetworkPolicy | spec.egress[2].ports[0].port | 80
            {kafka: {bootstrapServers: "", embedded: {enabled: true}}, networkPolicy: {enabled: true}} | NetworkPolicy | spec.egress[1] | null
            autoscaling: {enabled: true, minReplicas: 3}              | HorizontalPodAutoscaler | spec.minReplicas | 3
            autoscaling: {enabled: true, maxReplicas: 4}              | HorizontalPodAutoscaler | spec.maxReplicas | 4
            autoscaling: {enabled: true}                              | HorizontalPodAutoscaler | spec.metrics[0].pods.metric.name | sluice_connections
            autoscaling: {enabled: true, connectionsPerPod: 2000000}  | HorizontalPodAutoscaler | spec.metrics[0].pods.target.averageValue | 2000000
            autoscaling: {enabled: true, cpu: 60}                     | HorizontalPodAutoscaler | spec.metrics[1].resource.target.averageUtilization | 60
            autoscaling: {enabled: true, cpu: 0}                      | HorizontalPodAutoscaler | spec.metrics[1] | null
            autoscaling: {enabled: true}                              | HorizontalPodAutoscaler | spec.behavior.scaleDown.stabilizationWindowSeconds | 3600
            autoscaling: {enabled: true, scaleDown: {stabilizationSeconds: 60}} | HorizontalPodAutoscaler | spec.behavior.scaleDown.stabilizationWindowSeconds | 60
            autoscaling: {enabled: true, scaleDown: {podsPerPeriod: 2}} | HorizontalPodAutoscaler | spec.behavior.scaleDown.policies[0].value | 2
            autoscaling: {enabled: true, scaleDown: {periodSeconds: 60}} | HorizontalPodAutoscaler | spec.behavior.scaleDown.policies[0].periodSeconds | 60
            keda: {enabled: true, prometheus: {serverAddress: "http://p:9090"}} | ScaledObject | spec.triggers[0].metadata.query | `sum(sluice_connections{namespace="iot",pod=~"r-sluice-.*"})`
            keda: {enabled: true, prometheus: {serverAddress: "http://p:9090"}} | ScaledObject | spec.triggers[0].metadata.threshold | 50000
            keda: {enabled: true, triggers: [{type: cron, metadata: {a: b}}]} | ScaledObject | spec.triggers[0].type | cron
            keda: {enabled: true, triggers: [{type: cron, metadata: {a: b}}]} | Deployment | spec.replicas | null
            metrics: {monitor: {enabled: true, interval: 5s}}         | ServiceMonitor | spec.endpoints[0].interval | 5s
            metrics: {monitor: {enabled: true, scrapeTimeout: 4s}}    | ServiceMonitor | spec.endpoints[0].scrapeTimeout | 4s
            metrics: {monitor: {enabled: true, labels: {release: p}}} | ServiceMonitor | metadata.labels.release | p
            metrics: {monitor: {enabled: true, relabelings: [{action: drop}]}} | ServiceMonitor | spec.endpoints[0].relabelings[0].action | drop
            metrics: {monitor: {enabled: true, metricRelabelings: [{action: drop}]}} | ServiceMonitor | spec.endpoints[0].metricRelabelings[0].action | drop
            metrics: {monitor: {enabled: true, nativeHistograms: true}} | ServiceMonitor | spec.scrapeProtocols[0] | PrometheusProto
            metrics: {monitor: {enabled: true}}                       | ServiceMonitor | spec.scrapeProtocols | null
            metrics: {monitor: {enabled: true, type: PodMonitor}}     | PodMonitor | spec.podMetricsEndpoints[0].port | management
            metrics: {prometheusRule: {enabled: true, labels: {a: b}}} | PrometheusRule | metadata.labels.a | b
            metrics: {prometheusRule: {enabled: true}}                | PrometheusRule | spec.groups[1] | null
            metrics: {prometheusRule: {enabled: true, capacity: true}} | PrometheusRule | spec.groups[1].name | sluice-capacity
            metrics: {prometheusRule: {enabled: true, additionalRules: [{alert: A, expr: b}]}} | PrometheusRule | spec.groups[1].rules[0].alert | A
            metrics: {prometheusRule: {enabled: true, runbookUrl: "https://r/"}} | PrometheusRule | spec.groups[0].rules[0].annotations.runbook_url | https://r/SluiceDown.md
            {metrics: {prometheusRule: {enabled: true}}, nameOverride: mine} | PrometheusRule | spec.groups[0].rules[0].expr | `up{job=~".*mine.*"} == 0`
            """)
    void isSeenAtTheEdges(String values, String object, String path, String expected) {
        String anonymous = "auth: {allowAnonymous: true}";

        Object found = CHART.render(Chart.LEAST, anonymous, values).get(object).at(path);

        assertThat(found == null ? null : String.valueOf(found)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} at {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            kafka: {embedded: {enabled: true}}                                             | Deployment | spec.replicas | 1
            kafka: {embedded: {enabled: true}}                                             | Deployment | spec.strategy.type | Recreate
            kafka: {embedded: {enabled: true}}                                             | Deployment | spec.template.spec.volumes[2].persistentVolumeClaim.claimName | r-sluice-data
            kafka: {embedded: {enabled: true}}                                             | PersistentVolumeClaim | spec.resources.requests.storage | 8Gi
            kafka: {embedded: {enabled: true, persistence: {size: 1Gi}}}                   | PersistentVolumeClaim | spec.resources.requests.storage | 1Gi
            kafka: {embedded: {enabled: true, persistence: {storageClass: fast}}}          | PersistentVolumeClaim | spec.storageClassName | fast
            kafka: {embedded: {enabled: true, persistence: {enabled: false}}}              | Deployment | spec.template.spec.volumes[2].emptyDir | {}
            {kafka: {bootstrapServers: "k:1", security: {protocol: SSL, tls: {caSecret: ca}}}} | Deployment | spec.template.spec.volumes[2].projected.sources[0].secret.items[0].key | ca.crt
            {kafka: {bootstrapServers: "k:1", security: {protocol: SSL, tls: {caSecret: ca, caKey: x}}}} | Deployment | spec.template.spec.volumes[2].projected.sources[0].secret.items[0].key | x
            {kafka: {bootstrapServers: "k:1", security: {protocol: SSL, tls: {clientSecret: c}}}} | Deployment | spec.template.spec.volumes[2].projected.sources[0].secret.items[1].key | tls.key
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_PLAINTEXT, sasl: {username: u, existingSecret: s, passwordKey: p}}}} | Pod | spec.volumes[2].projected.sources[0].secret.items[0].key | p
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}, oauth: {tokenEndpoint: "https://t", clientId: c, existingSecret: s}}}} | Deployment | spec.template.spec.volumes[2].projected.sources[0].secret.name | s
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}, oauth: {tokenEndpoint: "https://t", clientId: c, existingSecret: s}}}} | Pod | spec.containers[0].env[0].value | -XX:MaxRAMPercentage=45 -XX:MaxDirectMemorySize=358m -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=https://t
            {kafka: {bootstrapServers: "k:1", security: {sasl: {mechanism: OAUTHBEARER}}}} | Deployment | spec.template.spec.volumes[2] | null
            kafka: {strimzi: {cluster: c}}                                                 | Deployment | spec.template.spec.volumes[2].projected.sources[0].secret.name | c-cluster-ca-cert
            kafka: {strimzi: {cluster: c, user: u}}                                        | Deployment | spec.template.spec.volumes[2].projected.sources[1].secret.name | u
            kafka: {strimzi: {cluster: c, user: u}}                                        | Deployment | spec.template.spec.volumes[2].projected.sources[1].secret.items[0].key | user.crt
            {kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_SSL}}}      | Deployment | spec.template.spec.volumes[2].projected.sources[1].secret.items[0].key | password
            {kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_PLAINTEXT}}} | Deployment | spec.template.spec.volumes[2].projected.sources[1] | null
            auth: {existingPasswordSecret: s}                                              | Deployment | spec.template.spec.volumes[2].secret.secretName | s
            management: {auth: {existingSecret: s}}                                        | Deployment | spec.template.spec.containers[0].volumeMounts[2].mountPath | /secrets/management
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}}                  | Deployment | spec.template.spec.containers[0].volumeMounts[2].mountPath | /certs/mqtts
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}}                  | Deployment | spec.template.spec.volumes[2].secret.secretName | s
            listeners: {mqtts: {enabled: true, tls: {certManager: {enabled: true, issuerRef: {name: i}}}}} | Deployment | spec.template.spec.volumes[2].secret.secretName | r-sluice-mqtts-tls
            listeners: {mqtts: {enabled: true, tls: {certManager: {enabled: true, issuerRef: {name: i}}}}} | Certificate | spec.dnsNames[2] | r-sluice.iot.svc
            listeners: {mqtts: {enabled: true, tls: {certManager: {enabled: true, issuerRef: {name: i}, dnsNames: [h]}}}} | Certificate | spec.dnsNames[0] | h
            listeners: {wss: {enabled: true, tls: {certManager: {enabled: true, issuerRef: {name: i, kind: ClusterIssuer}}}}} | Certificate | spec.issuerRef.kind | ClusterIssuer
            """)
    void isSeenInVolumesAndSecrets(String values, String object, String path, String expected) {
        String least = values.contains("kafka:") ? "{}" : Chart.LEAST;

        Object found = CHART.render(least, values).get(object).at(path);

        assertThat(found == null ? null : String.valueOf(found)).isEqualTo(expected);
    }

    /** What stands in sluice.yaml. */
    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            kafka: {bootstrapServers: "a:1,b:2"}    | kafka.bootstrap-servers | a:1,b:2
            kafka: {embedded: {enabled: true}}      | kafka.bootstrap-servers | null
            kafka: {embedded: {enabled: true}}      | kafka.embedded.data-dir | /data/kafka
            kafka: {strimzi: {cluster: c}}          | kafka.bootstrap-servers | c-kafka-bootstrap:9093
            kafka: {strimzi: {cluster: c, user: u}} | kafka.properties."security.protocol" | SSL
            kafka: {strimzi: {cluster: c, user: u}} | kafka.properties."ssl.keystore.key" | ${file:/secrets/kafka/tls.key}
            {kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_PLAINTEXT}}} | kafka.bootstrap-servers | c-kafka-bootstrap:9092
            {kafka: {strimzi: {cluster: c, user: u}, bootstrapServers: "k:1"}} | kafka.bootstrap-servers | k:1
            {kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_SSL}}} | kafka.properties."sasl.mechanism" | SCRAM-SHA-512
            {kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_SSL}}} | kafka.properties."ssl.keystore.key" | null
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_PLAINTEXT, sasl: {mechanism: PLAIN, username: u, existingSecret: s}}}} | kafka.properties."sasl.jaas.config" | `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${file:/secrets/kafka/password}";`
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_PLAINTEXT, sasl: {mechanism: SCRAM-SHA-256, username: u, existingSecret: s}}}} | kafka.properties."sasl.jaas.config" | `org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="${file:/secrets/kafka/password}";`
            {kafka: {bootstrapServers: "k:1", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER}, oauth: {tokenEndpoint: "https://t", clientId: c, existingSecret: s}}}} | kafka.properties."sasl.oauthbearer.client.credentials.client.id" | c
            {kafka: {bootstrapServers: "k:1", properties: {client.rack: a}}} | kafka.properties."client.rack" | a
            {kafka: {bootstrapServers: "k:1", properties: {linger.ms: 5}}} | kafka.properties."linger.ms" | 5
            kafka: {bootstrapServers: "k:1"}        | kafka.properties | null
            kafka: {bootstrapServers: "k:1"}        | kafka.internal-topics | null
            {kafka: {bootstrapServers: "k:1", internalTopics: {prefix: _sluice-b}}} | kafka.internal-topics.prefix | _sluice-b
            {kafka: {bootstrapServers: "k:1", internalTopics: {replicationFactor: 3}}} | kafka.internal-topics.replication-factor | 3
            {}                                      | listeners.mqtt.bind | 0.0.0.0:1883
            {}                                      | listeners.mqtt.auth | null
            {}                                      | listeners.mqtt.proxy-protocol | null
            {}                                      | listeners.mqtts | null
            {}                                      | listeners.ws.path | /mqtt
            listeners: {ws: {path: /x}}             | listeners.ws.path | /x
            listeners: {mqtt: {enabled: false}}     | listeners.mqtt | null
            listeners: {mqtt: {proxyProtocol: v2}}  | listeners.mqtt.proxy-protocol | v2
            listeners: {mqtt: {proxyProtocol: v2}}  | listeners.mqtt.proxy-peers[0] | 10.0.0.0/8
            listeners: {mqtt: {proxyProtocol: v2, proxyPeers: [192.0.2.1]}} | listeners.mqtt.proxy-peers[0] | 192.0.2.1
            listeners: {mqtt: {proxyProtocol: off}} | listeners.mqtt.proxy-protocol | null
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}} | listeners.mqtts.tls.certificate | /certs/mqtts/tls.crt
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s}}} | listeners.mqtts.tls.client-auth | null
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s, clientAuth: require}}} | listeners.mqtts.tls.client-ca | /certs/mqtts/ca.crt
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s, clientAuth: require}}} | listeners.mqtts.auth | certificates
            listeners: {mqtts: {enabled: true, tls: {existingSecret: s, clientAuth: require}}} | authentication.certificates.type | client-certificate
            listeners: {wss: {enabled: true, tls: {existingSecret: s}}}   | listeners.wss.type | wss
            listeners: {extra: {enabled: true, type: tcp, port: 1884, auth: none}} | listeners.extra.auth | none
            auth: {allowAnonymous: true}            | listeners.mqtt.auth | none
            auth: {existingPasswordSecret: s}       | listeners.ws.auth | passwords
            auth: {existingPasswordSecret: s}       | authentication.passwords.file | /secrets/auth/users
            auth: {jwksUrl: "https://idp/keys", jwtIssuer: i, jwtAudience: a}     | listeners.mqtt.auth | tokens
            auth: {jwksUrl: "https://idp/keys", jwtIssuer: i, jwtAudience: a}     | authentication.tokens.jwks | https://idp/keys
            {auth: {existingPasswordSecret: s, jwksUrl: "https://idp/keys", jwtIssuer: i, jwtAudience: a}, listeners: {ws: {auth: tokens}}} | listeners.ws.auth | tokens
            {}                                      | authentication | null
            {}                                      | management.bind | 0.0.0.0:8080
            {}                                      | management.console | null
            management: {console: {enabled: false}} | management.console | false
            management: {auth: {existingSecret: s}} | management.auth.file | /secrets/management/admins
            {}                                      | observability.log.format | json
            logging: {format: text}                 | observability.log.format | null
            logging: {level: debug}                 | observability.log.level | debug
            {}                                      | observability.tracing | null
            tracing: {endpoint: "http://c:4318"}    | observability.tracing.endpoint | http://c:4318
            tracing: {endpoint: "http://c:4318"}    | observability.tracing.sample-ratio | 0.01
            tracing: {endpoint: "http://c:4318", sampleRatio: 1} | observability.tracing.sample-ratio | 1
            drain: {delay: 7s}                      | drain.delay | 7s
            {drain: {timeout: 2m}, terminationGracePeriodSeconds: 200} | drain.timeout | 2m
            drain: {rate: 20}                       | drain.rate | 20/s
            config: {mqtt: {retained: false}}       | mqtt.retained | false
            config: {listeners: {mqtt: {limits: {connections: 5}}}} | listeners.mqtt.limits.connections | 5
            config: {listeners: {mqtt: {limits: {connections: 5}}}} | listeners.mqtt.type | tcp
            config: {drain: {delay: 9s}}            | drain.delay | 9s
            {}                                    | limits.connections-per-address | 0
            config: {limits: {connections-per-address: 50}} | limits.connections-per-address | 50
            config: {limits: {retained-messages: 12345678}} | limits.retained-messages | 12345678
            """)
    void isSeenInTheConfiguration(String values, String path, String expected) {
        String least = values.contains("kafka:") ? "{}" : Chart.LEAST;

        Object found = Yaml.at(Yaml.map(CHART.render(least, values).sluiceYaml()), path);

        assertThat(found == null ? null : String.valueOf(found)).isEqualTo(expected);
    }
}
