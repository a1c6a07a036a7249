{{/* sluice.yaml: what the values say, and `config` over it. */}}

{{- define "sluice.config.generated" -}}
listeners:
  {{- range $name, $listener := .Values.listeners }}
  {{- if $listener.enabled }}
  {{ $name }}:
    {{- include "sluice.listener.config" (dict "context" $ "name" $name "listener" $listener) | nindent 4 }}
  {{- end }}
  {{- end }}
{{- with include "sluice.authentication" . }}
authentication:
  {{- . | nindent 2 }}
{{- end }}
{{- with include "sluice.kafka.config" . }}
kafka:
  {{- . | nindent 2 }}
{{- end }}
{{- /* Clients come from the addresses of nodes and load balancers here, many from each. */}}
limits:
  connections-per-address: 0
management:
  bind: "0.0.0.0:8080"
  {{- include "sluice.management.console" . | nindent 2 }}
  {{- include "sluice.management.auth" . | nindent 2 }}
observability:
  log:
    level: {{ .Values.logging.level }}
    {{- include "sluice.logFormat" . | nindent 4 }}
  {{- include "sluice.tracing" . | nindent 2 }}
drain:
  delay: {{ .Values.drain.delay }}
  timeout: {{ .Values.drain.timeout }}
  rate: {{ int64 .Values.drain.rate }}/s
{{- end -}}

{{- define "sluice.management.console" -}}
{{- if not .Values.management.console.enabled }}
console: false
{{- end }}
{{- end -}}

{{- define "sluice.management.auth" -}}
{{- if .Values.management.auth.existingSecret }}
auth:
  type: basic
  file: /secrets/management/admins
{{- end }}
{{- end -}}

{{- define "sluice.logFormat" -}}
{{- if ne .Values.logging.format "text" }}
format: {{ .Values.logging.format }}
{{- end }}
{{- end -}}

{{- define "sluice.tracing" -}}
{{- with .Values.tracing }}
{{- if .endpoint }}
tracing:
  endpoint: {{ .endpoint | quote }}
  sample-ratio: {{ .sampleRatio }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.config" -}}
{{- $generated := include "sluice.config.generated" . | fromYaml -}}
{{- mergeOverwrite $generated (deepCopy .Values.config) | toYaml -}}
{{- end -}}
