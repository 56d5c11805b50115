package whorl.collector.heap.dump;

/** Names of classes as the JVM writes them, and as source code does. */
public final class ClassNames {
  private ClassNames() {}

  /** {@code [Ljava/lang/String;} as {@code java.lang.String[]}. */
  public static String source(String inJvm) {
    int dimensions = 0;
    while (dimensions < inJvm.length() && dimensions < 256 && inJvm.charAt(dimensions) == '[') {
      dimensions++;
    }
    String element = inJvm.substring(dimensions);
    if (dimensions > 0 && element.startsWith("L") && element.endsWith(";")) {
      element = element.substring(1, element.length() - 1);
    } else if (dimensions > 0) {
      element =
          switch (element) {
            case "Z" -> "boolean";
            case "C" -> "char";
            case "F" -> "float";
            case "D" -> "double";
            case "B" -> "byte";
            case "S" -> "short";
            case "I" -> "int";
            case "J" -> "long";
            default -> element;
          };
    }
    return element.replace('/', '.') + "[]".repeat(dimensions);
  }
}
