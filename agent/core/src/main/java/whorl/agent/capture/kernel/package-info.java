/**
 * What the kernel says about this process: descriptors, sockets, maps, mounts, capabilities,
 * cgroups.
 */
@NullMarked
package whorl.agent.capture.kernel;

import org.jspecify.annotations.NullMarked;
