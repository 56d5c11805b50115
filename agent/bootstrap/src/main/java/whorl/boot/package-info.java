/**
 * The only classes of Whorl on the application's class path: premain and the isolated loader. Java
 * 8 bytecode, so that an older JVM prints a message instead of aborting.
 */
@NullMarked
package whorl.boot;

import org.jspecify.annotations.NullMarked;
