package whorl.agent.hook.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.BiFunction;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Makes a hidden class beside the class whose method is called, which calls it as compiled code
 * does. A call by a method handle costs as much once it is compiled, but several times as much
 * before that, and the handle's forms have to be compiled as well.
 */
final class DirectCall {
  private static final String OBJECT = "java/lang/Object";
  private static final String FUNCTION = "java/util/function/BiFunction";
  private static final String APPLY = "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;";

  private DirectCall() {}

  /**
   * Asks the class's loader for what {@link #make} refers to, so that the JVM does not ask it
   * later. The loader may be the application's, so the thread has to be observed meanwhile.
   */
  static void resolve(Class<?> declaring) throws ClassNotFoundException {
    Class.forName(BiFunction.class.getName(), false, ClassFacts.loader(declaring));
  }

  /**
   * @param declaring the class or interface that declares the public method
   * @param type its type without the receiver, with at most one parameter
   * @throws IllegalAccessException if its package is not open to the agent
   */
  @SuppressWarnings("unchecked")
  static BiFunction<Object, @Nullable Object, @Nullable Object> make(
      Class<?> declaring, String name, MethodType type) throws ReflectiveOperationException {
    return (BiFunction<Object, @Nullable Object, @Nullable Object>)
        MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
            .defineHiddenClass(bytes(declaring, name, type), false)
            .lookupClass()
            .getDeclaredConstructor()
            .newInstance();
  }

  private static byte[] bytes(Class<?> declaring, String name, MethodType type) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC;
    String itself = Type.getInternalName(declaring) + "$Call";
    writer.visit(Opcodes.V17, access, itself, null, OBJECT, new String[] {FUNCTION});
    MethodVisitor made = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    made.visitCode();
    made.visitVarInsn(Opcodes.ALOAD, 0);
    made.visitMethodInsn(Opcodes.INVOKESPECIAL, OBJECT, "<init>", "()V", false);
    made.visitInsn(Opcodes.RETURN);
    made.visitMaxs(0, 0);
    made.visitEnd();
    MethodVisitor apply = writer.visitMethod(Opcodes.ACC_PUBLIC, "apply", APPLY, null, null);
    apply.visitCode();
    apply.visitVarInsn(Opcodes.ALOAD, 1);
    call(apply, declaring, name, type);
    apply.visitInsn(Opcodes.ARETURN);
    apply.visitMaxs(0, 0);
    apply.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** From the receiver on the stack to the result as an object. */
  private static void call(MethodVisitor apply, Class<?> declaring, String name, MethodType type) {
    String owner = Type.getInternalName(declaring);
    apply.visitTypeInsn(Opcodes.CHECKCAST, owner);
    if (type.parameterCount() == 1) {
      apply.visitVarInsn(Opcodes.ALOAD, 2);
      unbox(apply, type.parameterType(0));
    }
    apply.visitMethodInsn(
        declaring.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL,
        owner,
        name,
        type.toMethodDescriptorString(),
        declaring.isInterface());
    box(apply, type.returnType());
  }

  private static void unbox(MethodVisitor apply, Class<?> parameter) {
    Class<?> wrapper = MethodType.methodType(parameter).wrap().returnType();
    String boxed = Type.getInternalName(wrapper);
    apply.visitTypeInsn(Opcodes.CHECKCAST, boxed);
    if (parameter.isPrimitive()) {
      String method = parameter.getName() + "Value";
      String descriptor = "()" + Type.getDescriptor(parameter);
      apply.visitMethodInsn(Opcodes.INVOKEVIRTUAL, boxed, method, descriptor, false);
    }
  }

  private static void box(MethodVisitor apply, Class<?> result) {
    if (result.isPrimitive()) {
      String boxed = Type.getInternalName(MethodType.methodType(result).wrap().returnType());
      String descriptor = "(" + Type.getDescriptor(result) + ")L" + boxed + ";";
      apply.visitMethodInsn(Opcodes.INVOKESTATIC, boxed, "valueOf", descriptor, false);
    }
  }
}
