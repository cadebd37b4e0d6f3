package dev.attune.config.release;

import dev.attune.model.config.Audience;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Bytes ↔ gray rules, inside a pointer. */
final class GrayCodec {
    private GrayCodec() {}

    static Encoder write(Encoder out, List<GrayRule> rules) {
        out.varint(rules.size());
        for (GrayRule rule : rules) {
            out.text(rule.name()).varint(rule.release()).text(rule.salt());
            Audience audience = rule.audience();
            out.varint(audience.applications().size());
            audience.applications().forEach(out::text);
            out.varint(audience.addresses().size());
            audience.addresses().forEach(out::text);
            out.varint(audience.labels().size());
            audience.labels().forEach((key, value) -> out.text(key).text(value));
            out.varint(audience.basisPoints());
        }
        return out;
    }

    static List<GrayRule> read(Decoder in) {
        int count = in.count(8);
        List<GrayRule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long release = in.varint();
            String salt = in.text();
            Set<String> applications = new LinkedHashSet<>(texts(in));
            List<String> addresses = texts(in);
            Map<String, String> labels = new TreeMap<>();
            for (int left = in.count(2); left > 0; left--) labels.put(in.text(), in.text());
            Audience audience = new Audience(applications, addresses, labels, in.varint(Audience.EVERYONE));
            rules.add(new GrayRule(name, audience, release, salt));
        }
        return rules;
    }

    private static List<String> texts(Decoder in) {
        int count = in.count(1);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) texts.add(in.text());
        return texts;
    }
}
