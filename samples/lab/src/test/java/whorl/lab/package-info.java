@NullMarked
package whorl.lab;

import org.jspecify.annotations.NullMarked;
