package whorl.agent.hook.weave;

import java.util.List;
import java.util.Set;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a join point can be woven into a method such that the class verifies and links in
 * any JVM. A join point that does not fit is not woven, and the reason is reported.
 */
final class Fit {
  /** The parameter lists of {@code WhorlHooks.console}. */
  private static final Set<String> CONSOLE_FORMS =
      Set.of(
          "(Ljava/io/FileDescriptor;II)V",
          "(Ljava/io/FileDescriptor;[BI)V",
          "(Ljava/io/FileDescriptor;[BIII)V",
          "(Ljava/io/FileDescriptor;Ljava/nio/ByteBuffer;I)V");

  /** A method has 65,535 slots; copies of the parameters, and the result, need some of them. */
  private static final int LOCALS_MAX = 65_000;

  private final ClassShape type;
  private final MethodShape method;
  private final JoinPoint point;

  private Fit(ClassShape type, MethodShape method, JoinPoint point) {
    this.type = type;
    this.method = method;
    this.point = point;
  }

  /** Why the join point does not fit; null if it does. */
  static @Nullable String problem(ClassShape type, MethodShape method, JoinPoint point) {
    return new Fit(type, method, point).problem();
  }

  private @Nullable String problem() {
    if (method.isNative()) {
      return "the method is native";
    }
    if (method.maxLocals() > LOCALS_MAX) {
      return "the method has " + method.maxLocals() + " variables, and no room for another";
    }
    JoinPoint.Call call = point.call();
    if (call != null) {
      if (!call.descriptor().startsWith("()")) {
        return "the call has arguments, which hide its receiver";
      }
      return method.calls(call)
          ? null
          : "there is no call of " + call.owner().replace('/', '.') + "." + call.method();
    }
    if (method.isConstructor()) {
      if (point.when() == JoinPoint.When.RETURN_OR_FAILURE) {
        return "the failure of a constructor cannot be caught";
      }
      if (point.when() == JoinPoint.When.ENTRY && !type.hasFrames() && !isPlain()) {
        return "the verifier of old class files allows no handler before the super constructor";
      }
    }
    for (Operand operand : point.operands()) {
      String problem = problem(operand);
      if (problem != null) {
        return problem;
      }
    }
    return point.payload() == JoinPoint.Payload.CONSOLE && !CONSOLE_FORMS.contains(consoleForm())
        ? "there is no console call for " + consoleForm()
        : null;
  }

  /**
   * True if nothing can fail before the call of the holder class; required in a constructor of an
   * old class file.
   */
  private boolean isPlain() {
    for (Operand operand : point.operands()) {
      if (!(operand instanceof Operand.Argument argument)
          || argument.index() >= method.parameterCount()
          || method.parameter(argument.index()).getSort() < Type.ARRAY) {
        return false;
      }
    }
    return point.operands().size() <= HolderCalls.MAX_SINGLE;
  }

  private @Nullable String problem(Operand operand) {
    if (operand instanceof Operand.Self) {
      return problemOfSelf();
    }
    if (operand instanceof Operand.SelfField field) {
      String problem = problemOfSelf();
      return problem == null ? problem(field) : problem;
    }
    if (operand instanceof Operand.InheritedField field) {
      String problem = problemOfSelf();
      return problem == null && !type.isBelow(field.type())
          ? "the superclass is not " + field.type().replace('/', '.')
          : problem;
    }
    if (operand instanceof Operand.Argument argument) {
      return problemOfParameter(argument.index());
    }
    if (operand instanceof Operand.ArgumentField field) {
      String problem = problemOfParameter(field.index());
      return problem == null && method.parameter(field.index()).getSort() != Type.OBJECT
          ? "parameter " + field.index() + " is no object"
          : problem;
    }
    return null;
  }

  private @Nullable String problemOfSelf() {
    if (method.isStatic()) {
      return "the method is static";
    }
    if (method.isConstructor() && point.when() == JoinPoint.When.ENTRY) {
      return "there is no object before the super constructor";
    }
    return method.isConstructor() && !method.keeps(0) ? "the constructor overwrites this" : null;
  }

  private @Nullable String problem(Operand.SelfField wanted) {
    ClassShape.Field field = type.field(wanted.name(), wanted.descriptor());
    if (field == null) {
      return "there is no field " + wanted.name();
    }
    if (field.isStatic()) {
      return "the field " + wanted.name() + " is static";
    }
    return field.descriptor().equals(wanted.descriptor())
        ? null
        : "the field "
            + wanted.name()
            + " has the type "
            + Type.getType(field.descriptor()).getClassName()
            + " instead of "
            + Type.getType(wanted.descriptor()).getClassName();
  }

  private @Nullable String problemOfParameter(int index) {
    return index < method.parameterCount() ? null : "there is no parameter " + index;
  }

  private String consoleForm() {
    return consoleForm(point.operands(), method);
  }

  /** The descriptor of the call that takes these operands unboxed. */
  static String consoleForm(List<Operand> operands, MethodShape method) {
    StringBuilder form = new StringBuilder("(");
    for (Operand operand : operands) {
      if (operand instanceof Operand.SelfField field) {
        form.append(field.descriptor());
      } else if (operand instanceof Operand.Argument argument) {
        form.append(method.parameter(argument.index()).getDescriptor());
      } else {
        form.append('?');
      }
    }
    return form.append("I)V").toString();
  }
}
