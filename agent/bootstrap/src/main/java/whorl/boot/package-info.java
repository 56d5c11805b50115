/**
 * The only classes of Whorl that the application's class path sees: premain and the isolated
 * loader. Java 8 bytecode, so that an older JVM gets a sentence instead of an abort.
 */
@NullMarked
package whorl.boot;

import org.jspecify.annotations.NullMarked;
