{{/*
The expressions of the MutatingAdmissionPolicy. They follow the same rules as the class Injector of the
webhook, and the tests compare both. Everything is one JSON Patch: it is applied as a whole or not at all.
*/}}

{{/* The state of a container c with index i; numbers as the constants of ContainerState. */}}
{{- define "whorl.cel.state" -}}
{{- $d := .description -}}
{{- $paths := list -}}{{- range $d.mounts }}{{ $paths = append $paths .mountPath }}{{ end -}}
{{- $file := toRawJson $d.agentFile -}}
!({{ .wanted }}) ? 0
: (has(c.env) && c.env.exists(e, has(e.value) && e.value.contains({{ $file }})))
  || (has(c.command) && c.command.exists(w, w.contains({{ $file }})))
  || (has(c.args) && c.args.exists(w, w.contains({{ $file }}))) ? 1
: size(variables.{{ .list }}Options[i]) > 0
  && has(c.env[variables.{{ .list }}Options[i][size(variables.{{ .list }}Options[i]) - 1]].valueFrom) ? 2
: size(variables.{{ .list }}Options[i]) == 0 && !variables.ignoresEnvFrom && has(c.envFrom)
  && c.envFrom.exists(f, !has(f.prefix) || "JAVA_TOOL_OPTIONS".startsWith(f.prefix)) ? 3
: has(c.volumeMounts) && c.volumeMounts.exists(m, {{ toRawJson $paths }}.exists(p, m.mountPath == p || m.mountPath.startsWith(p + "/"))) ? 4
: {{ .early }} ? 5 : 6
{{- end -}}

{{/* Indexes of JAVA_TOOL_OPTIONS among the variables of each container. */}}
{{- define "whorl.cel.options" -}}
{{ . }}.map(c, has(c.env) ? c.env.transformList(j, e, e.name == "JAVA_TOOL_OPTIONS", j) : [])
{{- end -}}

{{/* What each target of a list of containers gets. */}}
{{- define "whorl.cel.additions" -}}
{{- $list := .list -}}
{{- $of := .containers -}}
{{- $options := toRawJson .description.options -}}
{{- $path := printf "\"/spec/%s/\" + string(i) + " .field -}}
{{- $last := printf "variables.%sOptions[i][size(variables.%sOptions[i]) - 1]" $list $list -}}
+ variables.{{ $list }}Targets.filter(i, !has({{ $of }}[i].env)).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/env", value: []})
+ variables.{{ $list }}Targets.filter(i, size(variables.{{ $list }}Options[i]) == 0).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/env/-", value: {"name": "JAVA_TOOL_OPTIONS", "value": {{ $options }}}})
+ variables.{{ $list }}Targets.filter(i, size(variables.{{ $list }}Options[i]) > 0).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/env/" + string({{ $last }}) + "/value",
      value: (has({{ $of }}[i].env[{{ $last }}].value) && {{ $of }}[i].env[{{ $last }}].value != ""
        ? {{ $of }}[i].env[{{ $last }}].value + " " : "") + {{ $options }}})
{{- range .description.environment }}
+ variables.{{ $list }}Targets.filter(i, !(has({{ $of }}[i].env) && {{ $of }}[i].env.exists(e, e.name == {{ toRawJson .name }}))).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/env/-", value: {{ include "whorl.cel" . }}})
{{- end }}
{{- range .description.settings }}
+ variables.{{ $list }}Targets.filter(i, variables.{{ .variable }} != ""
    && !(has({{ $of }}[i].env) && {{ $of }}[i].env.exists(e, e.name == {{ toRawJson .variable }}{{ with .unless }} || e.name == {{ toRawJson . }}{{ end }}))).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/env/-", value: {"name": {{ toRawJson .variable }}, "value": variables.{{ .variable }}}})
{{- end }}
+ variables.{{ $list }}Targets.filter(i, !has({{ $of }}[i].volumeMounts)).map(i,
    JSONPatch{op: "add", path: {{ $path }}"/volumeMounts", value: []})
{{- range .description.mounts }}
+ variables.{{ $list }}Targets.map(i,
    JSONPatch{op: "add", path: {{ $path }}"/volumeMounts/-", value: {{ include "whorl.cel" . }}})
{{- end }}
{{- end -}}

{{/* Names of containers that have the agent afterwards. */}}
{{- define "whorl.cel.injected" -}}
{{ .containers }}.transformList(i, c, i in variables.{{ .list }}Targets || (variables.{{ .list }}States[i] == 1 && has(c.volumeMounts) && c.volumeMounts.exists(m, m.name == {{ toRawJson .volume }})), string(c.name))
{{- end -}}

{{/* An annotation, unless the pod has it already with this value. */}}
{{- define "whorl.cel.annotation" -}}
+ ({{ .when }} && !({{ toRawJson .key }} in variables.annotations && variables.annotations[{{ toRawJson .key }}] == {{ .value }})
    ? [JSONPatch{op: "add", path: "/metadata/annotations/{{ .key | replace "~" "~0" | replace "/" "~1" }}", value: {{ .value }}}] : [])
{{- end -}}

{{- define "whorl.cel.patch" -}}
{{- $d := . -}}
{{- $inits := "variables.initContainers" -}}
(variables.annotates && !has(object.metadata.annotations)
    ? [JSONPatch{op: "add", path: "/metadata/annotations", value: dyn({})}] : [])
{{- with $d.caAnnotation }}
{{ include "whorl.cel.annotation" (dict "when" "variables.injects" "key" . "value" "variables.authority") }}
{{- end }}
{{ include "whorl.cel.annotation" (dict "when" "variables.injects" "key" "whorl.io/injected" "value" "variables.injected") }}
{{ include "whorl.cel.annotation" (dict "when" "variables.problems != \"\"" "key" "whorl.io/not-injected" "value" "variables.problems") }}
+ (variables.injects && !has(object.spec.volumes)
    ? [JSONPatch{op: "add", path: "/spec/volumes", value: []}] : [])
{{- range $d.volumes }}
+ (variables.injects && !variables.volumes.exists(v, v.name == {{ toRawJson .name }})
    ? [JSONPatch{op: "add", path: "/spec/volumes/-", value: {{ include "whorl.cel" . }}}] : [])
{{- end }}
{{ include "whorl.cel.additions" (dict "list" "regular" "field" "containers" "containers" "object.spec.containers" "description" $d) }}
{{ include "whorl.cel.additions" (dict "list" "init" "field" "initContainers" "containers" $inits "description" $d) }}
{{- with $d.initContainer }}
{{- $asRoot := mustDeepCopy . }}
{{- $asRoot = mustMergeOverwrite $asRoot (dict "securityContext" (dict "runAsUser" $d.userInsteadOfRoot)) }}
+ (variables.injects && !has(object.spec.initContainers)
    ? [JSONPatch{op: "add", path: "/spec/initContainers", value: []}] : [])
+ (variables.injects && !{{ $inits }}.exists(c, c.name == {{ toRawJson .name }})
    ? [JSONPatch{op: "add", path: "/spec/initContainers/0", value: has(object.spec.securityContext)
        && has(object.spec.securityContext.runAsUser) && object.spec.securityContext.runAsUser == 0
        ? {{ include "whorl.cel" $asRoot }}
        : {{ include "whorl.cel" . }}}] : [])
{{- end }}
{{- end -}}
