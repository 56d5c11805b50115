@NullMarked
package whorl.lab.run;

import org.jspecify.annotations.NullMarked;
