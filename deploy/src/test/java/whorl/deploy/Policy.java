package whorl.deploy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StructProto;
import com.google.protobuf.Value;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypes;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.validator.CelValidator;
import dev.cel.validator.CelValidatorFactory;
import dev.cel.validator.validators.HomogeneousLiteralValidator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A MutatingAdmissionPolicy that is evaluated as an API server does: its variables have the types
 * of their expressions, literals are homogeneous, and its one mutation gives a list of JSONPatch.
 */
final class Policy {
  private static final String PATCH = "JSONPatch";

  private final CelRuntime runtime;
  private final FileDescriptor patchFile = patchFile();
  private final List<CelRuntime.Program> conditions = new ArrayList<>();
  private final Map<String, CelRuntime.Program> variables = new LinkedHashMap<>();
  private final CelRuntime.Program mutation;
  private final Map<String, Object> parameters;

  /**
   * @param parameters the object of the binding's paramRef
   */
  Policy(Map<String, Object> manifest, Map<String, Object> parameters) throws Exception {
    this.parameters = parameters;
    this.runtime =
        CelRuntimeFactory.legacyCelRuntimeBuilder()
            .addLibraries(CelExtensions.strings(), CelExtensions.comprehensions())
            .addMessageTypes(patchFile.findMessageTypeByName(PATCH))
            .build();
    CelCompiler compiler = compiler().build();
    for (Map<String, Object> each :
        Manifests.maps(Manifests.at(manifest, "spec", "matchConditions"))) {
      conditions.add(program(compiler, each, SimpleType.BOOL));
    }
    CelCompilerBuilder withVariables = compiler();
    for (Map<String, Object> each : Manifests.maps(Manifests.at(manifest, "spec", "variables"))) {
      String name = "variables." + each.get("name");
      CelAbstractSyntaxTree tree = compile(withVariables.build(), each);
      variables.put(name, runtime.createProgram(tree));
      withVariables.addVar(name, tree.getResultType());
    }
    List<Map<String, Object>> mutations =
        Manifests.maps(Manifests.at(manifest, "spec", "mutations"));
    if (mutations.size() != 1 || !"JSONPatch".equals(mutations.get(0).get("patchType"))) {
      throw new AssertionError("one JSON Patch, which is applied as a whole or not at all");
    }
    mutation =
        program(
            withVariables.build(),
            Manifests.map(Manifests.at(mutations.get(0), "jsonPatch")),
            ListType.create(StructTypeReference.create(PATCH)));
  }

  private CelCompilerBuilder compiler() {
    return CelCompilerFactory.standardCelCompilerBuilder()
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .addLibraries(CelExtensions.strings(), CelExtensions.comprehensions())
        .addMessageTypes(patchFile.findMessageTypeByName(PATCH))
        .addVar("object", SimpleType.DYN)
        .addVar("request", SimpleType.DYN)
        .addVar("params", SimpleType.DYN);
  }

  private CelRuntime.Program program(
      CelCompiler compiler, Map<String, Object> holder, CelType expected) throws Exception {
    CelAbstractSyntaxTree tree = compile(compiler, holder);
    if (!CelTypes.format(expected).equals(CelTypes.format(tree.getResultType()))) {
      throw new AssertionError("the type is " + CelTypes.format(tree.getResultType()));
    }
    return runtime.createProgram(tree);
  }

  private CelAbstractSyntaxTree compile(CelCompiler compiler, Map<String, Object> holder)
      throws CelValidationException {
    CelAbstractSyntaxTree tree = compiler.compile((String) holder.get("expression")).getAst();
    CelValidator validator =
        CelValidatorFactory.standardCelValidatorBuilder(compiler, runtime)
            .addAstValidators(HomogeneousLiteralValidator.newInstance())
            .build();
    validator.validate(tree).getAst();
    return tree;
  }

  /** The operations for a pod; none if a condition is not met. */
  List<Map<String, Object>> patch(Map<String, Object> pod) throws CelEvaluationException {
    Map<String, Object> values = new HashMap<>();
    values.put("object", pod);
    values.put("request", Map.of("namespace", Pods.namespace(pod)));
    values.put("params", parameters);
    for (CelRuntime.Program condition : conditions) {
      if (!Boolean.TRUE.equals(condition.eval(values))) {
        return List.of();
      }
    }
    for (Map.Entry<String, CelRuntime.Program> variable : variables.entrySet()) {
      values.put(variable.getKey(), variable.getValue().eval(values));
    }
    List<Map<String, Object>> operations = new ArrayList<>();
    for (Object each : (List<?>) mutation.eval(values)) {
      operations.add(operation((Message) each));
    }
    return operations;
  }

  private static Map<String, Object> operation(Message message) {
    Map<String, Object> operation = new LinkedHashMap<>();
    message
        .getAllFields()
        .forEach(
            (field, value) ->
                operation.put(
                    field.getName(), value instanceof Message json ? plain(json) : value));
    return operation;
  }

  private static Object plain(Message message) {
    try {
      return plain(Value.parseFrom(message.toByteString()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Object plain(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case NUMBER_VALUE -> (int) value.getNumberValue();
      case LIST_VALUE -> value.getListValue().getValuesList().stream().map(Policy::plain).toList();
      case STRUCT_VALUE -> {
        Map<String, Object> map = new LinkedHashMap<>();
        value.getStructValue().getFieldsMap().forEach((key, each) -> map.put(key, plain(each)));
        yield map;
      }
      default -> throw new AssertionError("a value without a kind");
    };
  }

  private static FileDescriptor patchFile() {
    DescriptorProto.Builder type = DescriptorProto.newBuilder().setName(PATCH);
    int number = 1;
    for (String name : List.of("op", "path", "from")) {
      type.addField(
          FieldDescriptorProto.newBuilder()
              .setName(name)
              .setNumber(number++)
              .setType(FieldDescriptorProto.Type.TYPE_STRING));
    }
    type.addField(
        FieldDescriptorProto.newBuilder()
            .setName("value")
            .setNumber(number)
            .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
            .setTypeName(".google.protobuf.Value"));
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("json_patch.proto")
            .setSyntax("proto3")
            .addDependency("google/protobuf/struct.proto")
            .addMessageType(type)
            .build();
    try {
      return FileDescriptor.buildFrom(file, new FileDescriptor[] {StructProto.getDescriptor()});
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }
}
