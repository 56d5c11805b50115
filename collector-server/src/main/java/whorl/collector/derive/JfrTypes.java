package whorl.collector.derive;

import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypedFieldBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/**
 * The JDK's own types in a recording, as {@code jdk.jfr.consumer} wants them. JMC's writer would
 * define them itself, but with stack frames in a constant pool, which the JDK's parser does not
 * read: in HotSpot's files frames lie within their stack trace. A thread's number is missing there,
 * too.
 */
final class JfrTypes {
  private static final String ANNOTATION = "java.lang.annotation.Annotation";
  private static final String RELATION = "jdk.jfr.Relational";

  /** What marks an annotation as one that says what a number is. */
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

  /** The type of an annotation of a field: a content type of JFR's, or a relation of ours. */
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
