/** What a run of a case needs: class paths, compiled sources, a JDK, the settings of the run. */
@NullMarked
package whorl.lab.prepare;

import org.jspecify.annotations.NullMarked;
