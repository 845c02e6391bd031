import type { Profile } from '../../../src/ir/profile.ts';

/** The programs of the test clusters. Their nodes are not listed: nothing about them is to be checked here. */
export const LAB_PROFILE: Profile = { name: 'lab', kubernetes: '1.36', argo: '3.7', nodes: [] };
