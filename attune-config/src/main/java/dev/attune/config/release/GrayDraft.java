package dev.attune.config.release;

import dev.attune.model.config.Audience;
import java.util.ArrayList;
import java.util.List;

/**
 * A gray rule as it is asked for.
 *
 * @param position where among the file's rules, 0 for the first to be looked at; -1 for its present place, or the last
 * @param salt where a share is drawn from when the rule is new
 */
public record GrayDraft(String name, Audience audience, int position, String salt) {
    List<GrayRule> laidInto(List<GrayRule> rules, long release) {
        List<GrayRule> left = new ArrayList<>(rules);
        int at = -1;
        String drawnFrom = salt;
        for (int i = 0; i < rules.size(); i++)
            if (rules.get(i).name().equals(name)) {
                at = i;
                drawnFrom = rules.get(i).salt();
                left.remove(i);
            }
        int place = position >= 0 ? Math.min(position, left.size()) : at >= 0 ? at : left.size();
        left.add(place, new GrayRule(name, audience, release, drawnFrom));
        return left;
    }
}
