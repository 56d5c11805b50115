package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Separates the agent's own frames from the application's. The stack of an event that a hook
 * recorded begins with frames of the agent, of the JDK that the agent called, and of the holder
 * class, which calls the hook. The frames after the holder are the application's. The agent's
 * package names alone are not enough: without the holder, which is in {@code java.lang}, no frame
 * is left out.
 */
final class HookFrames {
  private static final byte[] HOLDER = "java.lang.WhorlHooks.".getBytes(US_ASCII);
  private static final byte[][] BEFORE_HOLDER = {
    "whorl.agent.".getBytes(US_ASCII),
    "whorl.event.".getBytes(US_ASCII),
    "whorl.rules.".getBytes(US_ASCII),
    "java.".getBytes(US_ASCII),
    "jdk.".getBytes(US_ASCII),
  };

  private boolean over;
  private boolean holderSeen;

  /**
   * True if the hook's frames end with this frame, so that all frames up to it are left out. Call
   * it for each frame of one stack, innermost first.
   *
   * @param method in the form of the stack text: class, dot, method
   */
  boolean endsWith(byte[] method) {
    if (over) {
      return false;
    }
    if (begins(method, HOLDER)) {
      holderSeen = true;
      return true;
    }
    over = holderSeen || !mayComeBefore(method);
    return false;
  }

  private static boolean mayComeBefore(byte[] method) {
    for (byte[] prefix : BEFORE_HOLDER) {
      if (begins(method, prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean begins(byte[] text, byte[] prefix) {
    return text.length >= prefix.length
        && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
  }
}
