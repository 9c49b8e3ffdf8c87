//! Which links of a graph lie on a circle.
//!
//! A link lies on a circle exactly where both of its ends are in one strongly connected
//! component. Source: S. R. Kosaraju (unpublished, 1978), as in M. Sharir, Computers and
//! Mathematics with Applications 7 (1981), 67-72: one walk forwards that notes in which
//! order nodes are finished, one backwards in the reverse of that order. Both walks keep
//! their own stack, so that a long chain needs no deep recursion.

/// For each link from a node to a node (below `nodes`): does it lie on a circle? A link
/// from a node to itself does.
#[must_use]
pub fn on_circles(nodes: usize, links: &[(usize, usize)]) -> Vec<bool> {
    let forwards = neighbours(nodes, links.iter().copied());
    let backwards = neighbours(nodes, links.iter().map(|(from, to)| (*to, *from)));
    let mut seen = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    for node in 0..nodes {
        finish(node, &forwards, &mut seen, &mut order);
    }
    let mut component = vec![usize::MAX; nodes];
    for root in order.into_iter().rev() {
        collect(root, &backwards, &mut component);
    }
    links
        .iter()
        .map(|(from, to)| component[*from] == component[*to])
        .collect()
}

fn neighbours(nodes: usize, links: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); nodes];
    links.for_each(|(from, to)| lists[from].push(to));
    lists
}

fn finish(root: usize, lists: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[root], true) {
        return;
    }
    let mut stack = vec![(root, 0)];
    while let Some((node, next)) = stack.last_mut() {
        let (node, index) = (*node, *next);
        *next += 1;
        match lists[node].get(index) {
            Some(to) if !std::mem::replace(&mut seen[*to], true) => stack.push((*to, 0)),
            Some(_) => {}
            None => {
                order.push(node);
                stack.pop();
            }
        }
    }
}

fn collect(root: usize, lists: &[Vec<usize>], component: &mut [usize]) {
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if component[node] != usize::MAX {
            continue;
        }
        component[node] = root;
        stack.extend(
            lists[node]
                .iter()
                .filter(|to| component[**to] == usize::MAX),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn circles_and_what_hangs_on_them() {
        // 0 -> 1 -> 2 -> 0, 2 -> 3 -> 4, 5 -> 5, 6 -> 0.
        let links = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (5, 5), (6, 0)];
        let wanted = [true, true, true, false, false, true, false];
        assert_eq!(on_circles(7, &links), wanted);
        assert!(on_circles(0, &[]).is_empty());
    }

    /// A link lies on a circle where its end reaches its beginning: walked from each anew.
    fn slow(nodes: usize, links: &[(usize, usize)]) -> Vec<bool> {
        let reaches = |from: usize, to: usize| {
            let mut reached = vec![false; nodes];
            reached[from] = true;
            for _ in 0..nodes {
                for (a, b) in links {
                    reached[*b] |= reached[*a];
                }
            }
            reached[to]
        };
        links.iter().map(|(from, to)| reaches(*to, *from)).collect()
    }

    #[test]
    fn agrees_with_walking_from_every_link() {
        let mut random = Random::seeded(3);
        for _ in 0..200 {
            let nodes = 1 + random.below(8);
            let mut node = || random.below(nodes) as usize;
            let links: Vec<(usize, usize)> = (0..nodes + 2).map(|_| (node(), node())).collect();
            assert_eq!(
                on_circles(nodes as usize, &links),
                slow(nodes as usize, &links)
            );
        }
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let links: Vec<(usize, usize)> = (0..200_000).map(|node| (node, node + 1)).collect();
        assert!(on_circles(200_001, &links).iter().all(|on| !on));
    }
}
