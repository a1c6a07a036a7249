{{/*
What no type shows: values that contradict one another. Each message says the value, what is wrong with it and, in
brackets, what is expected; all that is wrong is said at once.
*/}}

{{- define "sluice.validate" -}}
{{- $problems := list -}}
{{- range list "kafka" "security" "listeners" "exposure" "routes" "process" "scaling" "metrics" -}}
{{- $found := include (printf "sluice.validate.%s" .) $ | splitList "\n" -}}
{{- range $found -}}
{{- with trim . -}}
{{- $problems = append $problems . -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n\nvalues: %d problem(s)\n  %s\n" (len $problems) (join "\n  " $problems)) -}}
{{- end -}}
{{- end -}}

{{/* An object that the cluster does not know. Takes a dict: context, key, api. */}}
{{- define "sluice.validate.api" -}}
{{- if and (include "sluice.isCluster" .context) (not (.context.Capabilities.APIVersions.Has .api)) }}
{{ .key }}: true, but the cluster does not know {{ .api }} (expected: its custom resource definitions installed first, or {{ .key }}=false)
{{- end }}
{{- end -}}

{{- define "sluice.validate.kafka" -}}
{{- $kafka := .Values.kafka -}}
{{- $isElsewhere := or .Values.existingConfigMap (dig "kafka" "bootstrap-servers" "" .Values.config) -}}
{{- if and (not (include "sluice.kafka.bootstrapServers" .)) (not $kafka.embedded.enabled) (not $isElsewhere) }}
kafka.bootstrapServers: "" (expected: where Kafka is, kafka.bootstrapServers=HOST:9092 or kafka.strimzi.cluster=NAME; or, to try Sluice out, a Kafka inside the pod, kafka.embedded.enabled=true)
{{- end }}
{{- if and $kafka.embedded.enabled (include "sluice.kafka.bootstrapServers" .) }}
kafka.embedded.enabled: true beside a Kafka at {{ include "sluice.kafka.bootstrapServers" . }} (expected: one of the two)
{{- end }}
{{- if and $kafka.embedded.enabled (gt (include "sluice.replicas" . | int) 1) }}
replicaCount: {{ .Values.replicaCount }} with kafka.embedded.enabled (expected: 1, the embedded Kafka belongs to one pod; or a Kafka for all of them, kafka.bootstrapServers=HOST:9092)
{{- end }}
{{- if and $kafka.strimzi.user (not $kafka.strimzi.cluster) }}
kafka.strimzi.user: "{{ $kafka.strimzi.user }}" without kafka.strimzi.cluster (expected: the name of the Kafka, too)
{{- end }}
{{- if and .Values.existingConfigMap .Values.config }}
config: set beside existingConfigMap "{{ .Values.existingConfigMap }}", which replaces it (expected: one of the two)
{{- end }}
{{- end -}}

{{- define "sluice.validate.security" -}}
{{- $security := .Values.kafka.security -}}
{{- if include "sluice.kafka.isOauth" . }}
{{- range $key := list "tokenEndpoint" "clientId" "existingSecret" }}
{{- if not (get $security.oauth $key) }}
kafka.security.oauth.{{ $key }}: "" with kafka.security.sasl.mechanism OAUTHBEARER (expected: set)
{{- end }}
{{- end }}
{{- else if include "sluice.kafka.hasSasl" . }}
{{- if not (include "sluice.kafka.username" .) }}
kafka.security.sasl.username: "" with kafka.security.protocol {{ $security.protocol }} (expected: a user name, or kafka.strimzi.user)
{{- end }}
{{- if not (include "sluice.kafka.saslSecret" .) }}
kafka.security.sasl.existingSecret: "" with kafka.security.protocol {{ $security.protocol }} (expected: the Secret with the password, or kafka.strimzi.user)
{{- end }}
{{- end }}
{{- if and $security.sasl.existingSecret (not (include "sluice.kafka.hasSasl" .)) }}
kafka.security.sasl.existingSecret: "{{ $security.sasl.existingSecret }}" with kafka.security.protocol {{ $security.protocol }} (expected: SASL_SSL or SASL_PLAINTEXT)
{{- end }}
{{- if and (or $security.tls.caSecret $security.tls.clientSecret) (not (include "sluice.kafka.hasTls" .)) }}
kafka.security.tls: set with kafka.security.protocol {{ $security.protocol }} (expected: SSL or SASL_SSL)
{{- end }}
{{- end -}}

{{- define "sluice.validate.listeners" -}}
{{- $taken := dict "8080" "the management port" -}}
{{- if .Values.kafka.embedded.enabled -}}
{{- $_ := set $taken "9092" "the embedded Kafka" -}}
{{- end -}}
{{- $groups := without (keys .Values.service | sortAlpha) "management" -}}
{{- if not (include "sluice.listeners.enabled" (dict "context" .) | fromJson).names }}
listeners: none is enabled (expected: at least one)
{{- end }}
{{- range $name, $listener := .Values.listeners }}
{{- if $listener.enabled }}
{{- $port := toString (int $listener.port) }}
{{- if hasKey $taken $port }}
listeners.{{ $name }}.port: {{ $port }} is taken by {{ get $taken $port }} (expected: another port)
{{- end }}
{{- $_ := set $taken $port (printf "listeners.%s" $name) }}
{{- $group := default "mqtt" $listener.service }}
{{- if not (has $group $groups) }}
listeners.{{ $name }}.service: "{{ $group }}" (expected: one of the groups in service: {{ join ", " $groups }})
{{- end }}
{{- $isTls := include "sluice.listener.isTls" $listener }}
{{- $isManaged := dig "tls" "certManager" "enabled" false $listener }}
{{- $secret := dig "tls" "existingSecret" "" $listener }}
{{- if and $isTls (not $isManaged) (not $secret) }}
listeners.{{ $name }}.tls: of type {{ $listener.type }}, but without a certificate (expected: a Secret with tls.crt and tls.key, listeners.{{ $name }}.tls.existingSecret=NAME; or one from cert-manager, listeners.{{ $name }}.tls.certManager.enabled=true and listeners.{{ $name }}.tls.certManager.issuerRef.name=NAME)
{{- end }}
{{- if and $isTls $isManaged }}
{{- if not (dig "tls" "certManager" "issuerRef" "name" "" $listener) }}
listeners.{{ $name }}.tls.certManager.issuerRef.name: "" (expected: an Issuer)
{{- end }}
{{- include "sluice.validate.api" (dict "context" $ "key" (printf "listeners.%s.tls.certManager.enabled" $name) "api" "cert-manager.io/v1/Certificate") }}
{{- end }}
{{- if and (eq (default "" $listener.auth) "passwords") (not $.Values.auth.existingPasswordSecret) }}
listeners.{{ $name }}.auth: passwords, but auth.existingPasswordSecret is "" (expected: a Secret with the key users)
{{- end }}
{{- if and (eq (default "" $listener.auth) "tokens") (not $.Values.auth.jwksUrl) }}
listeners.{{ $name }}.auth: tokens, but auth.jwksUrl is "" (expected: where the keys are)
{{- end }}
{{- if and (eq (include "sluice.listener.auth" (dict "context" $ "listener" $listener)) "tokens") $.Values.auth.jwksUrl (not (and $.Values.auth.jwtIssuer $.Values.auth.jwtAudience)) }}
auth.jwksUrl: without auth.jwtIssuer and auth.jwtAudience, tokens that are meant for others would be taken (expected: both)
{{- end }}
{{- if and (eq (default "" $listener.auth) "certificates") (eq (dig "tls" "clientAuth" "none" $listener) "none") }}
listeners.{{ $name }}.auth: certificates, but listeners.{{ $name }}.tls.clientAuth is none (expected: require)
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.exposure" -}}
{{- range $group, $service := .Values.service }}
{{- if ne $group "management" }}
{{- $type := default "ClusterIP" $service.type }}
{{- if and $service.preset (ne $type "LoadBalancer") }}
service.{{ $group }}.preset: {{ $service.preset }} with type {{ $type }} (expected: type LoadBalancer)
{{- end }}
{{- range $name, $port := $service.nodePorts }}
{{- $listener := get $.Values.listeners $name | default dict }}
{{- if not (and $listener.enabled (eq (default "mqtt" $listener.service) $group)) }}
service.{{ $group }}.nodePorts.{{ $name }}: {{ $port }} (expected: the name of an enabled listener of this group)
{{- end }}
{{- end }}
{{- range $name := (include "sluice.listeners.enabled" (dict "context" $ "group" $group) | fromJson).names }}
{{- $auth := include "sluice.listener.auth" (dict "context" $ "listener" (index $.Values.listeners $name)) }}
{{- if and (ne $type "ClusterIP") (has $auth (list "" "none")) (not $.Values.auth.allowAnonymous) }}
service.{{ $group }}.type: {{ $type }}, and anybody may connect to listeners.{{ $name }} (expected: authentication, auth.existingPasswordSecret=NAME or auth.jwksUrl=URL; or, if it is meant, auth.allowAnonymous=true)
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.routes" -}}
{{- $ws := (include "sluice.listeners.enabled" (dict "context" . "types" (list "ws")) | fromJson).names -}}
{{- $tls := (include "sluice.listeners.enabled" (dict "context" . "types" (list "tls")) | fromJson).names -}}
{{- if and .Values.ingress.enabled (not $ws) }}
ingress.enabled: true, but no listener of type ws is enabled (expected: listeners.ws.enabled=true; an Ingress carries WebSocket only)
{{- end }}
{{- if .Values.gateway.httpRoute.enabled }}
{{- if not $ws }}
gateway.httpRoute.enabled: true, but no listener of type ws is enabled (expected: listeners.ws.enabled=true)
{{- end }}
{{- if not .Values.gateway.httpRoute.parentRefs }}
gateway.httpRoute.parentRefs: [] (expected: at least one Gateway)
{{- end }}
{{- include "sluice.validate.api" (dict "context" . "key" "gateway.httpRoute.enabled" "api" "gateway.networking.k8s.io/v1/HTTPRoute") }}
{{- end }}
{{- if .Values.gateway.tlsRoute.enabled }}
{{- if not $tls }}
gateway.tlsRoute.enabled: true, but no listener of type tls is enabled (expected: listeners.mqtts.enabled=true)
{{- end }}
{{- if not .Values.gateway.tlsRoute.parentRefs }}
gateway.tlsRoute.parentRefs: [] (expected: at least one Gateway)
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.process" -}}
{{- $drain := include "sluice.drainSeconds" . | int64 -}}
{{- $grace := include "sluice.gracePeriodSeconds" . | int64 -}}
{{- if gt $drain $grace }}
terminationGracePeriodSeconds: {{ $grace }}, but drain.delay {{ .Values.drain.delay }} and drain.timeout {{ .Values.drain.timeout }} are {{ $drain }} s (expected: at least {{ $drain }}, or a shorter drain)
{{- end }}
{{- $shares := add (int .Values.jvm.heapPercent) (int .Values.jvm.directPercent) }}
{{- if gt $shares 90 }}
jvm.heapPercent: {{ .Values.jvm.heapPercent }} and jvm.directPercent: {{ .Values.jvm.directPercent }} are {{ $shares }} % of the memory (expected: at most 90, the rest is for code, threads and the collector)
{{- end }}
{{- range .Values.extraEnv }}
{{- if eq .name "JAVA_TOOL_OPTIONS" }}
extraEnv: JAVA_TOOL_OPTIONS (expected: jvm.options, the chart sets this variable itself)
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.scaling" -}}
{{- range $key := list "autoscaling" "keda" }}
{{- if and (index $.Values $key).enabled $.Values.kafka.embedded.enabled }}
{{ $key }}.enabled: true with kafka.embedded.enabled (expected: false, the embedded Kafka belongs to one pod)
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled }}
keda.enabled: true beside autoscaling.enabled (expected: one of the two)
{{- end }}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) }}
autoscaling.minReplicas: {{ .Values.autoscaling.minReplicas }} is more than autoscaling.maxReplicas {{ .Values.autoscaling.maxReplicas }} (expected: at most as many)
{{- end }}
{{- if .Values.keda.enabled }}
{{- if not (or .Values.keda.prometheus.serverAddress .Values.keda.triggers) }}
keda.prometheus.serverAddress: "" (expected: the address of Prometheus, or triggers of your own in keda.triggers)
{{- end }}
{{- include "sluice.validate.api" (dict "context" . "key" "keda.enabled" "api" "keda.sh/v1alpha1/ScaledObject") }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.metrics" -}}
{{- if .Values.metrics.monitor.enabled }}
{{- include "sluice.validate.api" (dict "context" . "key" "metrics.monitor.enabled" "api" (printf "monitoring.coreos.com/v1/%s" .Values.metrics.monitor.type)) }}
{{- end }}
{{- if .Values.metrics.prometheusRule.enabled }}
{{- include "sluice.validate.api" (dict "context" . "key" "metrics.prometheusRule.enabled" "api" "monitoring.coreos.com/v1/PrometheusRule") }}
{{- $alerts := .Files.Get "files/alerts.yaml" }}
{{- $known := regexFindAll "# threshold: [A-Za-z0-9]+" $alerts -1 | uniq | sortAlpha }}
{{- range $name, $value := .Values.metrics.prometheusRule.thresholds }}
{{- if not (has (printf "# threshold: %s" $name) $known) }}
metrics.prometheusRule.thresholds.{{ $name }}: no such threshold (expected: one of {{ join ", " $known | replace "# threshold: " "" }})
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
