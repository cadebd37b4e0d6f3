package dev.attune.tuning.expression;

import dev.attune.tuning.signal.Reading;
import dev.attune.tuning.signal.Selector;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles expressions: CEL without loops, with functions over signals, where every number is a double, a selector stands
 * for itself ({@code rate(http_total{code="500"}, 1m) > 5}) and a duration is a number of seconds. Type-checked; an error
 * names its place. Safe to share between threads; expensive to make, so make one.
 */
public final class Language {
    private static final CelType SELECTOR = OpaqueType.create("selector");
    private static final CelOptions OPTIONS =
            CelOptions.current().maxParseRecursionDepth(64).build();

    private final CelRuntime runtime;
    private final List<CelFunctionDecl> declarations = new ArrayList<>();

    public Language() {
        for (Function function : Function.values()) {
            List<CelType> arguments = new ArrayList<>();
            for (char kind : function.arguments.toCharArray()) arguments.add(type(kind));
            CelType result = function == Function.ABSENT ? SimpleType.BOOL : SimpleType.DOUBLE;
            declarations.add(CelFunctionDecl.newFunctionDeclaration(
                    function.celName, CelOverloadDecl.newGlobalOverload(overload(function), result, arguments)));
        }
        runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .build();
    }

    /** What an expression must give. */
    public enum Result {
        NUMBER,
        CONDITION
    }

    /**
     * Compiles.
     *
     * @throws ExpressionException with the place, when the text is not an expression of this result
     */
    public Expression compile(String text, Result result) {
        Rewriting rewriting = Rewriting.of(text);
        CelCompilerBuilder compiler = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros()
                .setResultType(result == Result.NUMBER ? SimpleType.DOUBLE : SimpleType.BOOL)
                .addFunctionDeclarations(declarations);
        for (int i = 0; i < rewriting.selectors().size(); i++) compiler.addVar(Rewriting.VARIABLE + i, SELECTOR);
        try {
            CelAbstractSyntaxTree tree =
                    compiler.build().compile(rewriting.cel()).getAst();
            return new Expression(text, rewriting, runtime.createProgram(tree));
        } catch (CelValidationException e) {
            CelIssue issue = e.getErrors().get(0);
            int offset =
                    rewriting.original(Math.max(0, issue.getSourceLocation().getColumn()));
            throw new ExpressionException(text, offset, problem(issue.getMessage(), rewriting));
        } catch (CelEvaluationException e) {
            throw new ExpressionException(text, 0, String.valueOf(e.getMessage()));
        }
    }

    /** The checker's words about the original text. */
    private static String problem(String message, Rewriting rewriting) {
        String problem = message.replace(" (in container '')", "");
        for (int i = rewriting.selectors().size() - 1; i >= 0; i--)
            problem = problem.replace(
                    Rewriting.VARIABLE + i, rewriting.selectors().get(i).toString());
        return problem;
    }

    /** The functions, bound to one evaluation; they live as long as it does, in its thread. */
    @SuppressWarnings("Immutable")
    static List<CelFunctionBinding> bindings(Function.Context context, List<Evaluation.Input> inputs) {
        List<CelFunctionBinding> bindings = new ArrayList<>();
        for (Function function : Function.values()) {
            List<Class<?>> classes = new ArrayList<>();
            for (char kind : function.arguments.toCharArray())
                classes.add(kind == 'S' ? Selector.class : kind == 'T' ? String.class : Double.class);
            bindings.add(CelFunctionBinding.from(overload(function), classes, arguments -> {
                List<Object> given = List.of(arguments);
                Reading reading = function.read(context, given);
                if (function.readsSignals()) inputs.add(new Evaluation.Input(function.question(given), reading));
                if (reading.isMissing()) throw new MissingSignalException(reading.missing());
                if (function == Function.ABSENT) return reading.value() != 0;
                return reading.value();
            }));
        }
        return bindings;
    }

    private static String overload(Function function) {
        return "attune_" + function.celName;
    }

    private static CelType type(char kind) {
        if (kind == 'S') return SELECTOR;
        return kind == 'T' ? SimpleType.STRING : SimpleType.DOUBLE;
    }
}
