@NullMarked
package whorl.lab.cases;

import org.jspecify.annotations.NullMarked;
