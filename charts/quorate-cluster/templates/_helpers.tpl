{{/* Names of pods and hosts are made of it, hence the limit, which the API server knows as well. */}}
{{- define "quorate-cluster.name" -}}
{{- $name := default .Release.Name .Values.fullnameOverride -}}
{{- if gt (len $name) 40 -}}
{{- fail (printf "the cluster's name %q has more than 40 characters, and names of pods and hosts are made of it: set fullnameOverride to a shorter one" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "quorate-cluster.labels" -}}
app.kubernetes.io/name: quorate-cluster
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: quorate
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "quorate-cluster.members" -}}
app.kubernetes.io/name: quorate-node
app.kubernetes.io/instance: {{ include "quorate-cluster.name" . }}
{{- end -}}

{{/* Not empty unless the cluster is told to be in plain text. */}}
{{- define "quorate-cluster.encrypted" -}}
{{- if ne (get (.Values.tls | default dict) "mode") "Disabled" }}yes{{ end -}}
{{- end -}}

{{- define "quorate-cluster.endpoint" -}}
{{ if include "quorate-cluster.encrypted" . }}https{{ else }}http{{ end }}://{{ include "quorate-cluster.name" . }}.{{ .Release.Namespace }}.svc:2379
{{- end -}}
