@NullMarked
package whorl.lab.report;

import org.jspecify.annotations.NullMarked;
