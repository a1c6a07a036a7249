{{/* Names, labels and the image. */}}

{{- define "sluice.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 50 characters: the longest suffix of ours and the number of a pod still fit. */}}
{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "sluice.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sluice.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* What selects the pods of the server, and never a version or the pod of the test. */}}
{{- define "sluice.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "sluice.commonLabels" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sluice
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.commonLabels" . }}
app.kubernetes.io/component: server
{{- end -}}

{{/*
Name, namespace, labels and annotations of an object. Takes a dict: context, name, and maybe namespace, labels,
annotations.
*/}}
{{- define "sluice.metadata" -}}
name: {{ .name }}
namespace: {{ .namespace | default (include "sluice.namespace" .context) }}
labels:
  {{- include "sluice.labels" .context | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with mergeOverwrite (deepCopy .context.Values.commonAnnotations) (deepCopy (.annotations | default dict)) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "sluice.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- if $registry }}{{ $registry }}/{{ end -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest -}}
@{{ .Values.image.digest }}
{{- else -}}
:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "sluice.imagePullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.image.pullSecrets | uniq }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sluice.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sluice.configMapName" -}}
{{- default (include "sluice.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{/* The Service of a group of listeners. Takes a dict: context, group. */}}
{{- define "sluice.serviceName" -}}
{{- $fullname := include "sluice.fullname" .context -}}
{{- if eq .group "mqtt" }}{{ $fullname }}{{ else }}{{ $fullname }}-{{ .group }}{{ end -}}
{{- end -}}

{{/* A time of ours in whole seconds, rounded up. */}}
{{- define "sluice.seconds" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- if eq $unit "ms" }}{{ div (add $number 999) 1000 -}}
{{- else if eq $unit "s" }}{{ $number -}}
{{- else if eq $unit "m" }}{{ mul $number 60 -}}
{{- else if eq $unit "h" }}{{ mul $number 3600 -}}
{{- else }}{{ mul $number 86400 }}{{ end -}}
{{- end -}}

{{- define "sluice.drainSeconds" -}}
{{- add (include "sluice.seconds" .Values.drain.delay | int64) (include "sluice.seconds" .Values.drain.timeout | int64) -}}
{{- end -}}

{{- define "sluice.gracePeriodSeconds" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- add (include "sluice.drainSeconds" . | int64) 5 -}}
{{- else -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}

{{/* How many clients the drain has time for. */}}
{{- define "sluice.drainable" -}}
{{- $seconds := sub (include "sluice.seconds" .Values.drain.timeout | int64) (include "sluice.seconds" .Values.drain.delay | int64) -}}
{{- mul (max 0 $seconds) (int64 .Values.drain.rate) -}}
{{- end -}}

{{/* Whether the API versions are those of a cluster, and not those that `helm template` guesses. */}}
{{- define "sluice.isCluster" -}}
{{- if .Capabilities.APIVersions.Has "v1/Pod" }}true{{ end -}}
{{- end -}}
