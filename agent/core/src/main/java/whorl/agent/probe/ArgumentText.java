package whorl.agent.probe;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.probe.weave.ProbedMethod;
import whorl.agent.redact.Redactor;
import whorl.evidence.channel.ProbeCall;

/**
 * Describes arguments on the application's thread. No code of the application runs here: no {@code
 * toString}, no {@code hashCode}, no iteration. Only of strings, boxed numbers, arrays and
 * collections that are of the JDK's own classes is more read than their class.
 */
final class ArgumentText {
  /** A longer string is cut. */
  static final int VALUE_MAX_CHARS = 128;

  /** So much of a longer string is masked before it is cut: half a secret has no form any more. */
  private static final int MASKED_MAX_CHARS = 1024;

  /** No description is longer. */
  static final int TEXT_MAX_CHARS = 1024;

  private static final int NAME_MAX_CHARS = 128;

  private ArgumentText() {}

  /**
   * Describes the arguments of a call.
   *
   * @param call the call's array
   * @param redactor masks values; null if only types and sizes are recorded
   */
  static String[] of(@Nullable Object[] call, ProbedMethod method, @Nullable Redactor redactor) {
    int count = Math.min(method.types().size(), ProbeCall.ARGUMENTS_MAX);
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      String name = method.names().get(i);
      Object value = call[ProbePoint.FIRST_ARGUMENT + i];
      String text =
          redactor == null
              ? type(value, method.types().get(i))
              : value(value, method.types().get(i), name, redactor);
      texts[i] =
          cut(name.isEmpty() ? text : cut(name, NAME_MAX_CHARS) + ": " + text, TEXT_MAX_CHARS - 1);
    }
    return texts;
  }

  /** The type and the size, such as {@code java.lang.String of 12 characters}. */
  static String type(@Nullable Object value, String declared) {
    if (value == null) {
      return "null";
    }
    if (value instanceof String text) {
      return "java.lang.String of " + text.length() + " characters";
    }
    if (isBoxed(value)) {
      return cut(declared, NAME_MAX_CHARS);
    }
    return object(value);
  }

  /** The value of a string, a number or a boolean; the type and the size of anything else. */
  static String value(@Nullable Object value, String declared, String name, Redactor redactor) {
    if (value instanceof String text) {
      String masked = cut(redactor.value(name, cut(text, MASKED_MAX_CHARS)), VALUE_MAX_CHARS);
      return text.length() <= VALUE_MAX_CHARS
          ? '"' + masked + '"'
          : '"' + masked + "\" (" + text.length() + " characters)";
    }
    if (value != null && isBoxed(value)) {
      return redactor.value(name, value.toString());
    }
    return type(value, declared);
  }

  /** The class, with the size of an array or a collection of the JDK. */
  private static String object(Object value) {
    Class<?> type = value.getClass();
    Class<?> element = type.getComponentType();
    if (element != null) {
      return cut(element.getName(), NAME_MAX_CHARS) + "[" + Array.getLength(value) + "]";
    }
    String name = cut(type.getName(), NAME_MAX_CHARS);
    int size = size(value, type);
    return size < 0 ? name : name + " of " + size;
  }

  /** Exactly these classes: a subclass may be the application's. */
  private static int size(Object value, Class<?> type) {
    if (type == ArrayList.class
        || type == ArrayDeque.class
        || type == HashSet.class
        || type == LinkedHashSet.class) {
      return ((Collection<?>) value).size();
    }
    if (type == HashMap.class || type == LinkedHashMap.class || type == TreeMap.class) {
      return ((Map<?, ?>) value).size();
    }
    return -1;
  }

  private static boolean isBoxed(Object value) {
    Class<?> type = value.getClass();
    return type == Integer.class
        || type == Long.class
        || type == Boolean.class
        || type == Double.class
        || type == Short.class
        || type == Byte.class
        || type == Character.class
        || type == Float.class;
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max) + "…";
  }
}
