package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Tells the agent's own frames from those of the application. The stack of an event that a hook
 * recorded begins with the agent's code, some of the JDK's that it called, and the holder class,
 * which calls the hook; what lies behind is the application's. Code that has only the agent's names
 * is not taken for it: without the holder, which is in {@code java.lang}, no frame is left out.
 */
final class HookFrames {
  private static final byte[] HOLDER = "java.lang.WhorlHooks.".getBytes(US_ASCII);
  private static final byte[][] BEFORE_HOLDER = {
    "whorl.agent.".getBytes(US_ASCII), "java.".getBytes(US_ASCII), "jdk.".getBytes(US_ASCII),
  };

  private boolean over;
  private boolean holderSeen;

  /**
   * Whether the hook's frames end with this one, so that all up to it are to be left out. Is told
   * each frame of one stack, the innermost first.
   *
   * @param method as stacks are told: class, dot, method
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
