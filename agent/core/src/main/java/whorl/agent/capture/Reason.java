package whorl.agent.capture;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Explains a failure in a sentence for the responder: what failed, on what, and the remedy if
 * known. The message of an exception of {@code java.nio.file} is a bare path.
 */
public final class Reason {
  private Reason() {}

  /**
   * Returns the explanation of this failure; of one of the application's own class only the name,
   * because its methods would run on a thread of the agent.
   */
  public static String of(Throwable failure) {
    Module module = failure.getClass().getModule();
    if (module != Reason.class.getModule() && module != Object.class.getModule()) {
      return "the agent failed: " + failure.getClass().getName();
    }
    if (failure instanceof FileSystemException file) {
      return ofFile(file);
    }
    String message = failure.getMessage();
    if (failure instanceof IOException) {
      return message == null || message.isBlank()
          ? "a read or write failed and gave no reason (" + failure.getClass().getName() + ")"
          : message.indexOf(' ') < 0 ? "a read or write failed: " + message : message;
    }
    if (failure instanceof OutOfMemoryError) {
      return "there was no memory left for it (" + message + "): give the JVM more room";
    }
    if (failure instanceof NoClassDefFoundError || failure instanceof ClassNotFoundException) {
      return "this Java image has no class " + message + ": add the module that has it";
    }
    if (failure instanceof SecurityException) {
      return "the security manager forbids it: " + message;
    }
    return "the agent failed: " + failure;
  }

  private static String ofFile(FileSystemException failure) {
    String other = failure.getOtherFile();
    String file = failure.getFile() + (other == null ? "" : " and " + other);
    if (failure instanceof NoSuchFileException) {
      return file + " does not exist, or was removed before it was read";
    }
    if (failure instanceof AccessDeniedException) {
      return file + " cannot be opened: this process has no permission for it";
    }
    String why = failure.getReason();
    return file + " cannot be used: " + (why == null ? failure.getClass().getSimpleName() : why);
  }
}
