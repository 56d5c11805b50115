package whorl.agent.probe.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Instructions;

/** What weaving needs to know of a method before it changes it. */
final class MethodFacts extends MethodVisitor {
  private final int access;
  private final String owner;
  private final String name;
  private final String descriptor;
  private final Type[] parameters;
  private final int[] slots;
  private final @Nullable String[] names;
  private int declared;
  private int returns;
  private int maxLocals;

  /**
   * @param owner the class's internal name
   */
  MethodFacts(int access, String owner, String name, String descriptor) {
    super(Opcodes.ASM9);
    this.access = access;
    this.owner = owner;
    this.name = name;
    this.descriptor = descriptor;
    this.parameters = Type.getArgumentTypes(descriptor);
    this.slots = new int[parameters.length];
    this.names = new @Nullable String[parameters.length];
    int slot = isStatic() ? 0 : 1;
    for (int i = 0; i < parameters.length; i++) {
      slots[i] = slot;
      slot += parameters[i].getSize();
    }
    this.maxLocals = slot;
  }

  String key() {
    return name + descriptor;
  }

  boolean isStatic() {
    return (access & Opcodes.ACC_STATIC) != 0;
  }

  Type[] parameters() {
    return parameters;
  }

  int slot(int parameter) {
    return slots[parameter];
  }

  Type returned() {
    return Type.getReturnType(descriptor);
  }

  int returns() {
    return returns;
  }

  /** The first slot that the method does not use. */
  int maxLocals() {
    return maxLocals;
  }

  /** The types of the slots when the method begins; null in the second slot of two. */
  @Nullable Object[] initialTypes() {
    int size = isStatic() ? 0 : 1;
    for (Type parameter : parameters) {
      size += parameter.getSize();
    }
    @Nullable Object[] types = new @Nullable Object[size];
    if (!isStatic()) {
      types[0] = owner;
    }
    for (int i = 0; i < parameters.length; i++) {
      types[slots[i]] = Instructions.frameType(parameters[i]);
    }
    return types;
  }

  ProbedMethod method() {
    List<String> types = new ArrayList<>();
    for (Type parameter : parameters) {
      types.add(parameter.getClassName());
    }
    List<String> known = new ArrayList<>();
    for (String each : names) {
      known.add(each == null ? "" : each);
    }
    return new ProbedMethod(
        name,
        descriptor,
        name + "(" + String.join(", ", types) + ")",
        List.copyOf(types),
        List.copyOf(known));
  }

  @Override
  public void visitParameter(@Nullable String parameter, int parameterAccess) {
    if (declared < names.length) {
      names[declared++] = parameter;
    }
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      returns++;
    }
  }

  @Override
  public void visitLocalVariable(
      String variable, String type, @Nullable String signature, Label start, Label end, int index) {
    for (int i = 0; i < slots.length; i++) {
      // A slot may be used again by a later variable; the parameter comes first in the table.
      if (slots[i] == index && names[i] == null && type.equals(parameters[i].getDescriptor())) {
        names[i] = variable;
      }
    }
  }

  @Override
  public void visitMaxs(int maxStack, int locals) {
    maxLocals = Math.max(maxLocals, locals);
  }
}
