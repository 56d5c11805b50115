package whorl.collector.derive;

import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypedFieldBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/**
 * The JDK's own types in a recording, in the form that {@code jdk.jfr.consumer} requires. JMC's
 * writer would define them with stack frames in a constant pool, which the JDK's parser does not
 * read: HotSpot writes frames inside their stack trace. JMC's writer also omits the thread's
 * number.
 */
final class JfrTypes {
  private static final String ANNOTATION = "java.lang.annotation.Annotation";
  private static final String RELATION = "jdk.jfr.Relational";

  /** Marks an annotation that gives the content type of a number. */
  private static final String CONTENT_TYPE = "jdk.jfr.ContentType";

  private final Types types;
  private final Map<String, Type> fieldAnnotations = new HashMap<>();
  private final Type thread;
  private final Type symbol;
  private final Type stackFrame;
  private final Type stackTrace;

  JfrTypes(Types types) {
    this.types = types;
    annotation(Types.JDK.ANNOTATION_NAME);
    annotation(Types.JDK.ANNOTATION_LABEL);
    annotation(Types.JDK.ANNOTATION_DESCRIPTION);
    fieldAnnotation(Types.JDK.ANNOTATION_TIMESTAMP.getTypeName());
    types.getOrAdd(
        Types.JDK.ANNOTATION_CATEGORY,
        ANNOTATION,
        type -> type.addField("value", Types.Builtin.STRING, TypedFieldBuilder::asArray));
    this.thread =
        types.getOrAdd(
            Types.JDK.THREAD,
            type ->
                type.addField("osName", Types.Builtin.STRING)
                    .addField("osThreadId", Types.Builtin.LONG)
                    .addField("javaName", Types.Builtin.STRING)
                    .addField("javaThreadId", Types.Builtin.LONG));
    this.symbol =
        types.getOrAdd(Types.JDK.SYMBOL, type -> type.addField("string", Types.Builtin.STRING));
    Type clazz =
        types.getOrAdd(
            Types.JDK.CLASS,
            type ->
                type.addField("name", symbol)
                    .addField("modifiers", Types.Builtin.INT)
                    .addField("hidden", Types.Builtin.BOOLEAN));
    Type method =
        types.getOrAdd(
            Types.JDK.METHOD,
            type ->
                type.addField("type", clazz)
                    .addField("name", symbol)
                    .addField("descriptor", symbol)
                    .addField("modifiers", Types.Builtin.INT)
                    .addField("hidden", Types.Builtin.BOOLEAN));
    Type frameType =
        types.getOrAdd(
            Types.JDK.FRAME_TYPE, type -> type.addField("description", Types.Builtin.STRING));
    this.stackFrame =
        types.getOrAdd(
            Types.JDK.STACK_FRAME.getTypeName(),
            false,
            type ->
                type.addField("method", method)
                    .addField("lineNumber", Types.Builtin.INT)
                    .addField("bytecodeIndex", Types.Builtin.INT)
                    .addField("type", frameType));
    this.stackTrace =
        types.getOrAdd(
            Types.JDK.STACK_TRACE,
            type ->
                type.addField("truncated", Types.Builtin.BOOLEAN)
                    .addField("frames", stackFrame, TypedFieldBuilder::asArray));
  }

  private void annotation(Types.JDK name) {
    types.getOrAdd(name, ANNOTATION, type -> type.addField("value", Types.Builtin.STRING));
  }

  /** Returns the type of a field annotation: a JFR content type, or one of Whorl's relations. */
  Type fieldAnnotation(String name) {
    return fieldAnnotations.computeIfAbsent(name, this::newFieldAnnotation);
  }

  private Type newFieldAnnotation(String name) {
    Type mark = mark(name.startsWith("jdk.jfr.") ? CONTENT_TYPE : RELATION);
    return types.getOrAdd(
        name, ANNOTATION, type -> type.addField("value", Types.Builtin.STRING).addAnnotation(mark));
  }

  private Type mark(String name) {
    return types.getOrAdd(name, ANNOTATION, type -> {});
  }

  Type thread() {
    return thread;
  }

  Type symbol() {
    return symbol;
  }

  Type stackFrame() {
    return stackFrame;
  }

  Type stackTrace() {
    return stackTrace;
  }

  Type category() {
    return types.getType(Types.JDK.ANNOTATION_CATEGORY);
  }
}
