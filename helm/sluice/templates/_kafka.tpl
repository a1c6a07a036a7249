{{/* How Kafka is reached, and the Secrets for it: in one projected volume, whose files are replaced as a whole. */}}

{{- define "sluice.kafka.bootstrapServers" -}}
{{- if .Values.kafka.bootstrapServers -}}
{{- .Values.kafka.bootstrapServers -}}
{{- else if .Values.kafka.strimzi.cluster -}}
{{- $port := ternary 9093 9092 (hasSuffix "SSL" (include "sluice.kafka.protocol" .)) -}}
{{- printf "%s-kafka-bootstrap:%d" .Values.kafka.strimzi.cluster $port -}}
{{- end -}}
{{- end -}}

{{/* A Strimzi cluster is reached by TLS unless SASL_PLAINTEXT is said. */}}
{{- define "sluice.kafka.protocol" -}}
{{- if and .Values.kafka.strimzi.cluster (eq .Values.kafka.security.protocol "PLAINTEXT") -}}
SSL
{{- else -}}
{{- .Values.kafka.security.protocol -}}
{{- end -}}
{{- end -}}

{{- define "sluice.kafka.hasTls" -}}
{{- if hasSuffix "SSL" (include "sluice.kafka.protocol" .) }}true{{ end -}}
{{- end -}}

{{- define "sluice.kafka.hasSasl" -}}
{{- if hasPrefix "SASL" (include "sluice.kafka.protocol" .) }}true{{ end -}}
{{- end -}}

{{/* The Secret with the brokers' CA, and its key. */}}
{{- define "sluice.kafka.caSecret" -}}
{{- if .Values.kafka.security.tls.caSecret -}}
{{- .Values.kafka.security.tls.caSecret -}}
{{- else if .Values.kafka.strimzi.cluster -}}
{{- printf "%s-cluster-ca-cert" .Values.kafka.strimzi.cluster -}}
{{- end -}}
{{- end -}}

{{/* Strimzi has the certificate of a user without SASL in the user's Secret. */}}
{{- define "sluice.kafka.clientSecret" -}}
{{- if .Values.kafka.security.tls.clientSecret -}}
{{- .Values.kafka.security.tls.clientSecret -}}
{{- else if not (include "sluice.kafka.hasSasl" .) -}}
{{- .Values.kafka.strimzi.user -}}
{{- end -}}
{{- end -}}

{{- define "sluice.kafka.isOauth" -}}
{{- if and (include "sluice.kafka.hasSasl" .) (eq .Values.kafka.security.sasl.mechanism "OAUTHBEARER") }}true{{ end -}}
{{- end -}}

{{- define "sluice.kafka.username" -}}
{{- default .Values.kafka.strimzi.user .Values.kafka.security.sasl.username -}}
{{- end -}}

{{- define "sluice.kafka.saslSecret" -}}
{{- default .Values.kafka.strimzi.user .Values.kafka.security.sasl.existingSecret -}}
{{- end -}}

{{- define "sluice.kafka.properties" -}}
{{- $protocol := include "sluice.kafka.protocol" . -}}
{{- $security := .Values.kafka.security -}}
{{- if ne $protocol "PLAINTEXT" }}
security.protocol: {{ $protocol }}
{{- end }}
{{- if include "sluice.kafka.hasTls" . }}
{{- if include "sluice.kafka.caSecret" . }}
ssl.truststore.type: PEM
ssl.truststore.location: /secrets/kafka/ca.crt
{{- end }}
{{- if include "sluice.kafka.clientSecret" . }}
ssl.keystore.type: PEM
ssl.keystore.certificate.chain: ${file:/secrets/kafka/tls.crt}
ssl.keystore.key: ${file:/secrets/kafka/tls.key}
{{- end }}
{{- end }}
{{- if include "sluice.kafka.isOauth" . }}
sasl.mechanism: OAUTHBEARER
sasl.jaas.config: org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
sasl.login.callback.handler.class: org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
sasl.oauthbearer.token.endpoint.url: {{ $security.oauth.tokenEndpoint | quote }}
sasl.oauthbearer.client.credentials.client.id: {{ $security.oauth.clientId | quote }}
sasl.oauthbearer.client.credentials.client.secret: ${file:/secrets/kafka/client-secret}
{{- else if include "sluice.kafka.hasSasl" . }}
sasl.mechanism: {{ $security.sasl.mechanism }}
{{- $module := ternary "plain.PlainLoginModule" "scram.ScramLoginModule" (eq $security.sasl.mechanism "PLAIN") }}
sasl.jaas.config: {{ printf "org.apache.kafka.common.security.%s required username=\"%s\" password=\"${file:/secrets/kafka/password}\";" $module (include "sluice.kafka.username" .) | squote }}
{{- end }}
{{- end -}}

{{/* Sources of the projected volume: a YAML list, or nothing. */}}
{{- define "sluice.kafka.secretSources" -}}
{{- $security := .Values.kafka.security -}}
{{- $ca := include "sluice.kafka.caSecret" . -}}
{{- $client := include "sluice.kafka.clientSecret" . -}}
{{- if and $ca (include "sluice.kafka.hasTls" .) }}
- secret:
    name: {{ $ca }}
    items:
      - key: {{ $security.tls.caKey }}
        path: ca.crt
{{- end }}
{{- if and $client (include "sluice.kafka.hasTls" .) }}
{{- $isStrimzi := not $security.tls.clientSecret }}
- secret:
    name: {{ $client }}
    items:
      - key: {{ ternary "user.crt" "tls.crt" $isStrimzi }}
        path: tls.crt
      - key: {{ ternary "user.key" "tls.key" $isStrimzi }}
        path: tls.key
{{- end }}
{{- if include "sluice.kafka.isOauth" . }}
- secret:
    name: {{ $security.oauth.existingSecret }}
    items:
      - key: client-secret
        path: client-secret
{{- else if include "sluice.kafka.hasSasl" . }}
- secret:
    name: {{ include "sluice.kafka.saslSecret" . }}
    items:
      - key: {{ ternary $security.sasl.passwordKey "password" (ne $security.sasl.existingSecret "") }}
        path: password
{{- end }}
{{- end -}}

{{/* The kafka section of sluice.yaml. */}}
{{- define "sluice.kafka.config" -}}
{{- with include "sluice.kafka.bootstrapServers" . }}
bootstrap-servers: {{ . | quote }}
{{- end }}
{{- $made := include "sluice.kafka.properties" . | fromYaml }}
{{- with mergeOverwrite $made (deepCopy .Values.kafka.properties) }}
properties:
  {{- range $name, $value := . }}
  {{ $name }}: {{ $value | toString | quote }}
  {{- end }}
{{- end }}
{{- if .Values.kafka.embedded.enabled }}
embedded:
  data-dir: /data/kafka
{{- end }}
{{- include "sluice.kafka.internalTopics" . }}
{{- end -}}

{{/* Said only where it differs from what the server does by itself. */}}
{{- define "sluice.kafka.internalTopics" -}}
{{- with .Values.kafka.internalTopics }}
{{- if or (ne .prefix "_sluice") (ne (int .replicationFactor) -1) }}
internal-topics:
  prefix: {{ .prefix | quote }}
  replication-factor: {{ int .replicationFactor }}
{{- end }}
{{- end }}
{{- end -}}
