{{/* How the agent gets into pods: policy, webhook or none. */}}
{{- define "whorl.webhook" -}}{{ include "whorl.name" . }}-webhook{{- end -}}
{{- define "whorl.injection" -}}{{ include "whorl.name" . }}-injection{{- end -}}
{{/* The ConfigMap with the collector's authority: made by the Job, or of injection.ca.pem. */}}
{{- define "whorl.caConfigMap" -}}{{ include "whorl.collector" . }}-ca{{- end -}}
{{- define "whorl.injection.caConfigMap" -}}
{{- if .Values.injection.ca.pem -}}{{ include "whorl.injection" . }}-ca{{- else -}}{{ include "whorl.caConfigMap" . }}{{- end -}}
{{- end -}}

{{- define "whorl.webhook.selector" -}}
app.kubernetes.io/name: whorl-webhook
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "whorl.webhook.labels" -}}
{{ include "whorl.webhook.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: whorl
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* What brings the jar: image (an image volume) or initContainer. */}}
{{- define "whorl.injection.source" -}}
{{- with .Values.injection -}}
{{- if .source -}}{{ .source }}{{- else if eq .mode "policy" -}}image{{- else -}}initContainer{{- end -}}
{{- end -}}
{{- end -}}

{{/* How pods know the collector's authority: annotation, configMap, or platform (Java's own list). */}}
{{- define "whorl.injection.ca" -}}
{{- with .Values.injection.ca -}}
{{- if .platform -}}platform{{- else if .configMap -}}configMap{{- else -}}annotation{{- end -}}
{{- end -}}
{{- end -}}

{{- define "whorl.injection.url" -}}
{{- .Values.injection.collectorUrl | default (printf "https://%s.%s.svc:%v" (include "whorl.collector" .) .Release.Namespace .Values.service.port) -}}
{{- end -}}

{{/* An image of this name in the repository of the collector's. */}}
{{- define "whorl.injection.beside" -}}
{{- $folder := dir (index . 0).Values.image.repository -}}
{{- if ne $folder "." }}{{ $folder }}/{{ end }}{{ index . 1 }}
{{- end -}}

{{/* The collector verifies agents' service-account tokens with the keys of this issuer; empty: it does not. */}}
{{- define "whorl.injection.issuer" -}}
{{- if and (ne .Values.injection.mode "none") (not .Values.injection.tokenSecret) (not (hasKey .Values.settings "agent-issuer")) -}}
{{- with .Values.injection.issuer -}}
{{ .url }}{{ with .jwks }},jwks={{ . }},ca=/cluster/ca.crt,token-file=/cluster/token{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "whorl.injection.agentImage" -}}
{{- with .Values.injection.agentImage -}}
{{ .repository | default (include "whorl.injection.beside" (list $ "whorl-agent")) }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Values.image.tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "whorl.injection.installerImage" -}}
{{- with .Values.injection.installerImage -}}
{{ .repository | default (include "whorl.injection.beside" (list $ "whorl-agent-installer")) }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Values.image.tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "whorl.injection.check" -}}
{{- $v := .Values -}}
{{- $ca := $v.injection.ca -}}
{{- if ne $v.injection.mode "none" -}}
{{- if and (not $v.collector.enabled) (empty $v.injection.collectorUrl) -}}
{{- fail "injection.collectorUrl is missing: the collector elsewhere, because collector.enabled is false" -}}
{{- end -}}
{{- if and (eq $v.injection.mode "policy") (semverCompare "<1.36.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf "injection.mode policy needs Kubernetes 1.36 or newer, and this is %s: use webhook" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and (eq (include "whorl.injection.ca" .) "annotation") (empty $ca.pem) (or $v.tls.existingSecret $v.tls.certManager.enabled (not $v.collector.enabled)) -}}
{{- fail "injection.ca is missing: pem (the authority of the collector's certificate), configMap, or platform: true if Java knows it" -}}
{{- end -}}
{{- if and $v.injection.webhook.existingSecret (empty $v.injection.webhook.caBundle) -}}
{{- fail "injection.webhook.caBundle is missing: the authority of the webhook's certificate, PEM" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The description as an object, in YAML. */}}
{{- define "whorl.injection.description" -}}
{{ tpl (.Files.Get "files/injection.yaml") . }}
{{- end -}}

{{/* Namespaces of a rule: those that ask for the agent, or that do not, without those that are left alone. */}}
{{- define "whorl.injection.namespaceSelector" -}}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{ toJson (index (include "whorl.injection.description" .root | fromYaml) "namespaces") }}
  - key: whorl.io/inject
    operator: {{ .operator }}
    values: ["true"]
{{- end -}}

{{/* Pods of a rule. */}}
{{- define "whorl.injection.objectSelector" -}}
matchExpressions:
  - key: whorl.io/inject
    operator: {{ .operator }}
    values: [{{ .value | quote }}]
{{- end -}}

{{/*
A value as a literal of CEL. Kubernetes wants all values of a literal map or list to be of one type,
so each is wrapped in dyn().
*/}}
{{- define "whorl.cel" -}}
{{- if kindIs "map" . -}}
{ {{- $first := true -}}
{{- range $key, $value := . -}}
{{- if not $first }}, {{ end -}}{{- $first = false -}}
{{ toJson $key }}: dyn({{ include "whorl.cel" $value }})
{{- end -}} }
{{- else if kindIs "slice" . -}}
[ {{- range $index, $value := . -}}
{{- if $index }}, {{ end -}}dyn({{ include "whorl.cel" $value }})
{{- end -}} ]
{{- else if or (kindIs "float64" .) (kindIs "int" .) (kindIs "int64" .) -}}
{{ int64 . }}
{{- else if kindIs "bool" . -}}
{{ . }}
{{- else -}}
{{ include "whorl.cel.text" . }}
{{- end -}}
{{- end -}}

{{/* A text as a literal of CEL: JSON's form, without the escapes that CEL does not have. */}}
{{- define "whorl.cel.text" -}}
{{ . | toRawJson }}
{{- end -}}

{{/* What annotation or label say, else an empty text. */}}
{{- define "whorl.cel.given" -}}
({{ toJson . }} in variables.annotations && variables.annotations[{{ toJson . }}] != "" ? string(variables.annotations[{{ toJson . }}]) : {{ toJson . }} in variables.labels ? string(variables.labels[{{ toJson . }}]) : "")
{{- end -}}
