package dev.attune.model.rollout;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;

/** Bytes ↔ directives and answers, as parts of session frames. Wire-stable. */
public final class RolloutCodec {
    private RolloutCodec() {}

    public static Encoder write(Encoder out, Directive directive) {
        return out.byteValue(directive.kind().ordinal())
                .varint(directive.rollout())
                .varint(directive.step())
                .varint(directive.revision());
    }

    public static Directive readDirective(Decoder in) {
        try {
            return new Directive(in.enumValue(Directive.Kind.values()), in.varint(), in.varint(), in.varint());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    public static Encoder write(Encoder out, Answer answer) {
        return out.byteValue(answer.kind().ordinal())
                .varint(answer.rollout())
                .varint(answer.step())
                .text(answer.reason());
    }

    public static Answer readAnswer(Decoder in) {
        try {
            return new Answer(in.enumValue(Answer.Kind.values()), in.varint(), in.varint(), in.text());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }
}
