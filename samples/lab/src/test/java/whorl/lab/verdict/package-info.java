@NullMarked
package whorl.lab.verdict;

import org.jspecify.annotations.NullMarked;
