{{- define "whorl.name" -}}
{{- if contains "whorl" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-whorl" .Release.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "whorl.collector" -}}{{ include "whorl.name" . }}-collector{{- end -}}

{{- define "whorl.selector" -}}
app.kubernetes.io/name: whorl-collector
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "whorl.labels" -}}
{{ include "whorl.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: whorl
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "whorl.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "whorl.shared" -}}{{ if .Values.records.url }}yes{{ end }}{{- end -}}

{{- define "whorl.tokensSecret" -}}{{ .Values.tokens.existingSecret | default (printf "%s-tokens" (include "whorl.collector" .)) }}{{- end -}}
{{- define "whorl.custodySecret" -}}{{ .Values.custodyKey.existingSecret | default (printf "%s-custody" (include "whorl.collector" .)) }}{{- end -}}
{{- define "whorl.tlsSecret" -}}{{ .Values.tls.existingSecret | default (printf "%s-tls" (include "whorl.collector" .)) }}{{- end -}}

{{/* The Secrets that the Job is to make: name=kind, a line each; empty if there is nothing to do. */}}
{{- define "whorl.madeSecrets" -}}
{{- if .Values.collector.enabled }}
{{- if not .Values.tokens.existingSecret }}
tokens={{ include "whorl.tokensSecret" . }}
{{- end }}
{{- if not .Values.custodyKey.existingSecret }}
custody-key={{ include "whorl.custodySecret" . }}
{{- end }}
{{- if not (or .Values.tls.existingSecret .Values.tls.certManager.enabled) }}
tls={{ include "whorl.tlsSecret" . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whorl.hosts" -}}
{{- $service := include "whorl.collector" . -}}
{{- $names := list $service (printf "%s.%s" $service .Release.Namespace) (printf "%s.%s.svc" $service .Release.Namespace) (printf "%s.%s.svc.cluster.local" $service .Release.Namespace) -}}
{{- toJson (concat $names .Values.tls.hosts) -}}
{{- end -}}

{{- define "whorl.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "whorl.containerSecurity" -}}
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What copies of objects may take: half of the folder, because uploads and evidence that is read need room too. */}}
{{- define "whorl.cacheSize" -}}
{{- $unit := regexFind "[A-Za-z]*$" . -}}
{{- $factors := dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 -}}
{{- $mebibytes := divf (mulf (trimSuffix $unit . | float64) (get $factors $unit)) 2097152.0 | int64 -}}
{{- if lt $mebibytes 1 -}}
{{- fail (printf "storage.cacheSize is %s: give 2Gi or more" .) -}}
{{- end -}}
{{- if gt $mebibytes 999999 -}}{{ div $mebibytes 1024 }}GiB{{- else -}}{{ $mebibytes }}MiB{{- end -}}
{{- end -}}

{{/* What values must not say together. */}}
{{- define "whorl.check" -}}
{{- $v := .Values -}}
{{- if and (not $v.collector.enabled) (eq $v.injection.mode "none") -}}
{{- fail "collector.enabled is false and injection.mode is none: nothing is left to install" -}}
{{- end -}}
{{- if ne (empty $v.records.url) (empty $v.objects.url) -}}
{{- fail "records.url and objects.url belong together: give both for several collectors, or none for one that keeps everything in its volume" -}}
{{- end -}}
{{- if and (gt (int $v.replicas) 1) (empty $v.records.url) -}}
{{- fail (printf "replicas is %d, but collectors share nothing without records.url and objects.url: give both, or one replica" (int $v.replicas)) -}}
{{- end -}}
{{- if and $v.records.url (empty $v.records.existingSecret) -}}
{{- fail "records.existingSecret is missing: the Secret with the database's user and password" -}}
{{- end -}}
{{- if and $v.ingress.enabled (empty $v.ingress.host) -}}
{{- fail "ingress.host is missing" -}}
{{- end -}}
{{- if and $v.tls.certManager.enabled (empty $v.tls.certManager.issuer.name) -}}
{{- fail "tls.certManager.issuer.name is missing" -}}
{{- end -}}
{{- end -}}
