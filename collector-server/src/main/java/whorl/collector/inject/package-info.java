/**
 * What is injected into pods that ask for it by a label: the answers to the admission requests of a
 * Kubernetes API server. Whatever happens, the pod is admitted.
 */
@NullMarked
package whorl.collector.inject;

import org.jspecify.annotations.NullMarked;
